//! Paragraphs, tables, runs and fields of WordprocessingML and DrawingML (ECMA-376) as lines.

use super::markup::{Attributes, Node};
use super::passages::Lines;
use super::row_tabs::RowTabs;
use crate::limits::Budget;
use crate::model::Fault;
use std::collections::BTreeSet;

/// Text on its way out; the two markups share the names that matter here.
#[derive(Default)]
pub(super) struct Paragraphs {
    pub(super) seen: Lines,
    pub(super) hidden: Lines,
    tables: RowTabs,
    is_text: bool,
    is_deleted: bool,
    is_vanished: bool,
    is_instruction: bool,
    /// Depth within a drawing's second, older writing of the same content.
    fallback: u32,
}

impl Paragraphs {
    pub(super) fn visit(
        &mut self,
        node: Node<'_>,
        budget: &Budget,
        authors: &mut BTreeSet<String>,
    ) -> Result<(), Fault> {
        match node {
            Node::Open("Fallback", _) => self.fallback += 1,
            Node::Close("Fallback") => self.fallback = self.fallback.saturating_sub(1),
            _ if self.fallback > 0 => {}
            Node::Open(name, attributes) => return self.open(name, &attributes, budget, authors),
            Node::Close(name) => self.close(name),
            Node::Text(text) if self.is_instruction => self.instruction(text, budget)?,
            Node::Text(text) if self.is_text => self.lines().push(text, budget)?,
            Node::Text(_) => {}
        }
        Ok(())
    }

    fn lines(&mut self) -> &mut Lines {
        if self.is_deleted || self.is_vanished { &mut self.hidden } else { &mut self.seen }
    }

    fn open(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        budget: &Budget,
        authors: &mut BTreeSet<String>,
    ) -> Result<(), Fault> {
        match name {
            "t" | "v" => self.is_text = true,
            "delText" => (self.is_text, self.is_deleted) = (true, true),
            "instrText" => self.is_instruction = true,
            "r" => self.is_vanished = false,
            "vanish" => {
                self.is_vanished = attributes.get("val").is_none_or(|val| !matches!(val.as_str(), "0" | "false"));
            }
            "tab" if attributes.get("val").is_none() => self.lines().push("\t", budget)?,
            "br" | "cr" if !self.tables.is_inside() => self.lines().fresh_line(),
            "br" | "cr" => self.lines().soft_break(),
            "noBreakHyphen" => self.lines().push("-", budget)?,
            "p" => self.tables.open_paragraph(&mut self.seen),
            "tbl" => self.tables.open_table(&mut self.seen),
            "tr" => self.tables.open_row(&mut self.seen),
            "tc" => self.tables.open_cell(&mut self.seen, budget)?,
            "comment" | "ins" | "del" | "cm" => {
                self.hidden.fresh_line();
                authors.extend(attributes.get("author").filter(|author| !author.trim().is_empty()));
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.is_text = false,
            "v" | "pt" => {
                self.is_text = false;
                self.seen.soft_break();
            }
            "delText" => (self.is_text, self.is_deleted) = (false, false),
            "instrText" => self.is_instruction = false,
            "r" => self.is_vanished = false,
            "p" => {
                if !self.tables.is_inside() {
                    self.seen.end_line();
                }
                self.hidden.fresh_line();
            }
            "tr" => self.tables.close_row(&mut self.seen),
            "tbl" => self.tables.close_table(&mut self.seen),
            _ => {}
        }
    }

    /// A field's instruction: of links, the address.
    fn instruction(&mut self, text: &str, budget: &Budget) -> Result<(), Fault> {
        let address =
            text.split('"').find_map(|quoted| quoted.strip_prefix("mailto:").or_else(|| quoted.strip_prefix("tel:")));
        if let Some(address) = address {
            self.hidden.push(address, budget)?;
            self.hidden.fresh_line();
        }
        Ok(())
    }
}

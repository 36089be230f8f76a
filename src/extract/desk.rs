//! For tests: reads bytes with a format's reader and keeps what it hands over.

use super::{ExtractOptions, Reading, for_media};
use crate::limits::{Budget, Content, Limits};
use crate::model::{Facts, Fault, Field, Locator, Meaning, Media, Member, Origin, Passage, Raster, Shape, Sink};
use std::sync::Arc;

/// What a reader handed over.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) passages: Vec<(Origin, Shape, String)>,
    /// Of each passage, the list that its rows or records are of.
    pub(crate) lists: Vec<Option<String>>,
    pub(crate) fields: Vec<(String, Meaning, String)>,
    pub(crate) members: Vec<Member>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) facts: Facts,
    pub(crate) rasters: Vec<Raster>,
}

impl Desk {
    /// Reads with the default limits.
    pub(crate) fn read(media: Media, bytes: Vec<u8>) -> Self {
        Self::read_within(media, bytes, Limits::default(), &ExtractOptions::default())
    }

    /// Reads within these limits.
    pub(crate) fn read_within(media: Media, bytes: Vec<u8>, limits: Limits, options: &ExtractOptions) -> Self {
        let mut desk = Self::default();
        let (content, locator, budget) =
            (Content::of_memory(bytes), Locator::new(0, "item"), Budget::new(Arc::new(limits)));
        let reading = Reading { media, content: &content, locator: &locator, budget: &budget, options };
        if let Some(reader) = for_media(media)
            && let Err(fault) = reader(&reading, &mut desk)
        {
            desk.faults.push(fault);
        }
        desk
    }

    /// All passages, one after the other.
    pub(crate) fn text(&self) -> String {
        self.passages.iter().map(|(.., text)| text.as_str()).collect()
    }

    /// The text of each list that has a name, one list a line: `name = text`.
    pub(crate) fn listed(&self) -> Vec<String> {
        let all = self.lists.iter().zip(&self.passages);
        all.filter_map(|(list, (.., text))| Some(format!("{} = {text}", list.as_deref()?))).collect()
    }

    /// Names of the members.
    pub(crate) fn names(&self) -> Vec<String> {
        self.members.iter().map(|member| String::from_utf8_lossy(&member.name).into_owned()).collect()
    }
}

impl Sink for Desk {
    fn passage(&mut self, passage: Passage) {
        self.lists.push(passage.list.as_ref().map(|list| list.expose().to_owned()));
        self.passages.push((passage.origin, passage.shape, passage.text.expose().to_owned()));
    }

    fn field(&mut self, field: Field) {
        let key = field.origin.key.unwrap_or_default();
        self.fields.push((key, field.meaning, field.value.expose().to_owned()));
    }

    fn member(&mut self, member: Member) {
        self.members.push(member);
    }

    fn raster(&mut self, raster: Raster) {
        self.rasters.push(raster);
    }

    fn fault(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

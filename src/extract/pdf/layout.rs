//! From pieces to the text of a page: visual lines, columns on them parted by tabs, columns of prose one after the
//! other (`Shape::Layout`). Labels and their values stay on one line, or stand above each other in one column.

use super::chunks::{Chunk, WORD_GAP, chunks, is_right_to_left};
use super::columns::in_reading_order;
use super::glyphs::{Glyphs, UNKNOWN};
use crate::limits::Budget;
use crate::model::Fault;
use std::collections::HashMap;

/// A wider gap on a line parts columns, in em. Justified lines stay below it.
const COLUMN_GAP: f32 = 1.25;
/// A gap from here on parts columns as well where what follows begins below or above what follows other such gaps, in em:
/// tables with little room between their columns. Justified lines have such gaps, but not one below the other.
const ALIGNED_GAP: f32 = 0.8;
/// Lines that must have one there.
const ALIGNED: u32 = 3;

/// Baselines closer than this are one line, in em of the smaller text.
const SAME_LINE: f32 = 0.45;

/// Even gaps below this part the letters of one word, in em.
const TIGHT: f32 = 0.3;

/// Text of one line up to a column gap.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) x: f32,
    pub(super) end: f32,
    pub(super) text: String,
}

/// One visual line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) y: f32,
    pub(super) em: f32,
    pub(super) cells: Vec<Cell>,
}

/// The text of a page: its visible text, or its hidden text.
///
/// # Errors
/// When the item's time is over.
pub(super) fn text(page: &Glyphs, hidden: bool, budget: &Budget) -> Result<String, Fault> {
    let chunks = chunks(page, hidden);
    let mut turns: Vec<u16> = chunks.iter().map(|chunk| chunk.turn).collect();
    turns.sort_unstable();
    turns.dedup();
    let mut out = String::new();
    for turn in turns {
        let lines = lines(chunks.iter().filter(|chunk| chunk.turn == turn).collect(), budget)?;
        let mut lines = in_reading_order(lines, budget)?;
        join_parted_words(&mut lines);
        write(&lines, &mut out);
    }
    Ok(out)
}

/// Groups pieces into lines, top to bottom.
fn lines(mut chunks: Vec<&Chunk>, budget: &Budget) -> Result<Vec<Line>, Fault> {
    chunks.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut rows: Vec<(f32, f32, Vec<&Chunk>)> = Vec::new();
    for chunk in chunks {
        budget.check()?;
        let near = rows
            .iter_mut()
            .rev()
            .take(24)
            .find(|(y, em, row)| (y - chunk.y).abs() <= SAME_LINE * em.min(chunk.em) && !collides(row, chunk, *y));
        match near {
            Some((y, em, row)) => {
                if chunk.em > *em {
                    (*y, *em) = (chunk.y, chunk.em);
                }
                row.push(chunk);
            }
            None => rows.push((chunk.y, chunk.em, vec![chunk])),
        }
    }
    for (.., row) in &mut rows {
        row.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    let starts = Starts::of(&rows);
    let mut lines: Vec<Line> = rows
        .into_iter()
        .map(|(y, em, row)| {
            let spaced = spaced_words(&row);
            Line { y, em, cells: cells(&row, &spaced, &starts) }
        })
        .filter(|line| !line.cells.is_empty())
        .collect();
    lines.sort_by(|a, b| b.y.total_cmp(&a.y));
    Ok(lines)
}

/// Whether a piece lies over one of the line that has another baseline: two texts, not one.
fn collides(row: &[&Chunk], chunk: &Chunk, y: f32) -> bool {
    (y - chunk.y).abs() > 0.1 * chunk.em
        && row.iter().rev().take(64).any(|other| {
            let overlap = other.end.min(chunk.end) - other.x.max(chunk.x);
            overlap > 0.3 * chunk.em && overlap > 0.5 * (other.end - other.x).min(chunk.end - chunk.x)
        })
}

/// Where pieces behind wider gaps begin, on how many lines, by half points.
struct Starts(HashMap<i32, u32>);

impl Starts {
    fn of(rows: &[(f32, f32, Vec<&Chunk>)]) -> Self {
        let mut counts: HashMap<i32, u32> = HashMap::new();
        for pair in rows.iter().flat_map(|(.., row)| row.windows(2)) {
            let [left, right] = pair else { continue };
            if right.x - left.end >= ALIGNED_GAP * f32::midpoint(left.em, right.em) {
                *counts.entry(Self::place(right.x)).or_default() += 1;
            }
        }
        Self(counts)
    }

    fn place(x: f32) -> i32 {
        (x * 2.0).round() as i32
    }

    /// Whether a column begins at a place.
    fn has(&self, x: f32) -> bool {
        let place = Self::place(x);
        let near = (place.saturating_sub(1)..=place.saturating_add(1)).filter_map(|place| self.0.get(&place));
        near.sum::<u32>() >= ALIGNED
    }
}

/// Whether two texts may be cells side by side: not a mark before its item, nor a label and its colon.
fn may_part(left: &str, right: &str) -> bool {
    left.contains(char::is_alphanumeric) && !right.trim_start().starts_with(':')
}

/// Joins the pieces of a line into cells.
fn cells(row: &[&Chunk], spaced: &[bool], starts: &Starts) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut before: Option<&Chunk> = None;
    for (chunk, is_spaced) in row.iter().zip(spaced) {
        let gap = cells.last().map(|cell| chunk.x - cell.end);
        let em = before.map_or(chunk.em, |before| f32::midpoint(before.em, chunk.em));
        let is_apart = before.is_some_and(|before| before.space_after) || chunk.space_before;
        match (cells.last_mut(), gap) {
            (Some(cell), Some(gap))
                if gap <= COLUMN_GAP * em
                    && (*is_spaced
                        || gap < ALIGNED_GAP * em
                        || !may_part(&cell.text, &chunk.text)
                        || !starts.has(chunk.x)) =>
            {
                if !is_spaced && (is_apart || !(-0.5 * em..=WORD_GAP * em).contains(&gap)) {
                    cell.text.push(' ');
                }
                cell.text.push_str(&chunk.text);
                cell.end = cell.end.max(chunk.end);
            }
            _ => cells.push(Cell { x: chunk.x, end: chunk.end, text: chunk.text.clone() }),
        }
        before = Some(chunk);
    }
    for cell in &mut cells {
        finish(&mut cell.text);
    }
    cells.retain(|cell| !cell.text.is_empty());
    cells
}

/// For each piece, whether it is a further part of a word that is set letter by letter (`R E C H N U N G`): single
/// characters or pairs, evenly apart. Wide gaps need letters: digits far apart are a table.
fn spaced_words(row: &[&Chunk]) -> Vec<bool> {
    let mut spaced = vec![false; row.len()];
    let size = |chunk: &Chunk| chunk.text.chars().take(3).count();
    let mut start = 0;
    while start < row.len() {
        let rest = row.get(start..).unwrap_or_default();
        let (mut length, mut even, mut widest) = (0, None, 0.0_f32);
        for pair in rest.windows(2) {
            let [left, right] = pair else { break };
            let gap = (right.x - left.end) / left.em;
            let is_even = even.is_none_or(|even: f32| (gap - even).abs() < 0.1);
            if size(left) > 2 || size(right) > 2 || !is_even || !(0.05..0.8).contains(&gap) {
                break;
            }
            even = Some(even.unwrap_or(gap));
            widest = widest.max(gap);
            length += 1;
        }
        let run = || rest.iter().take(length + 1);
        let letters = run().filter(|chunk| chunk.text.chars().all(char::is_alphabetic)).count();
        let characters: usize = run().map(|chunk| size(chunk)).sum();
        let is_word = letters * 5 >= (length + 1) * 4 || (widest < TIGHT && run().all(|chunk| !chunk.space_after));
        if length >= 4 && is_word && characters * 4 <= (length + 1) * 5 {
            spaced.iter_mut().skip(start + 1).take(length).for_each(|flag| *flag = true);
        }
        start += length.max(1);
    }
    spaced
}

/// Drops words of unknown glyphs only, and puts right-to-left text into the order of reading.
fn finish(text: &mut String) {
    if text.contains(UNKNOWN) {
        let words = text.split(' ').filter(|word| word.is_empty() || word.chars().any(|c| c != UNKNOWN));
        *text = words.collect::<Vec<_>>().join(" ");
    }
    if is_right_to_left(text) {
        *text = super::direction::logical(text);
    }
    if text.contains(['\n', '\r', '\t']) {
        *text = text.replace(['\n', '\r', '\t'], " ");
    }
    let trimmed = text.trim();
    if trimmed.len() < text.len() {
        *text = trimmed.to_owned();
    }
}

/// Puts a word that is parted by a hyphen at the end of a line of prose back together, on that line.
fn join_parted_words(lines: &mut [Line]) {
    for index in 1..lines.len() {
        let Some([above, below]) = lines.get_mut(index - 1..=index) else { return };
        let ([head], [tail]) = (above.cells.as_mut_slice(), below.cells.as_mut_slice()) else { continue };
        let is_below = (0.0..3.0 * above.em.max(below.em)).contains(&(above.y - below.y))
            && head.x < tail.end
            && tail.x < head.end;
        let Some(stem) = head.text.strip_suffix(['-', '\u{ad}', '\u{2010}']) else { continue };
        let last = stem.split(' ').next_back().unwrap_or_default();
        let (word, rest) = tail.text.split_once(' ').unwrap_or((&tail.text, ""));
        let is_word = !last.is_empty()
            && last.chars().all(char::is_alphabetic)
            && word.starts_with(char::is_lowercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, ',' | '.' | ';' | ':' | ')' | '\'' | '\u{2019}'));
        if is_below && is_word {
            let (joined, rest) = (format!("{stem}{word}"), rest.to_owned());
            head.text = joined;
            tail.text = rest;
        }
    }
}

/// Writes lines; a cell below one of the line above keeps its column by leading and doubled tabs.
fn write(lines: &[Line], out: &mut String) {
    let mut above: Vec<(f32, f32, usize)> = Vec::new();
    let mut last: Option<&Line> = None;
    for line in lines {
        let is_near = last.is_some_and(|last| (0.0..3.0 * last.em.max(line.em)).contains(&(last.y - line.y)));
        if !is_near {
            above.clear();
        }
        let mut columns = Vec::with_capacity(line.cells.len());
        let mut next = 0;
        for cell in &line.cells {
            let under = above.iter().find(|(x, end, column)| *column >= next && cell.x < *end && cell.end > *x);
            let column = under.map_or(next, |(.., column)| *column);
            columns.push((cell.x, cell.end, column));
            next = column + 1;
        }
        let mut at = 0;
        for (cell, (.., column)) in line.cells.iter().zip(&columns) {
            while at < *column {
                out.push('\t');
                at += 1;
            }
            out.push_str(&cell.text);
        }
        // A line whose only word went up to the line above leaves nothing behind.
        if line.cells.iter().any(|cell| !cell.text.is_empty()) {
            out.push('\n');
        }
        if line.cells.len() > 1 || !is_near {
            above = columns;
        }
        last = Some(line);
    }
}

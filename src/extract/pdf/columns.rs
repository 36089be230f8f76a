//! Pages set in columns of prose: read one column after the other. Tables and label-value pairs have gutters too and
//! must stay together, so a gutter counts only between long lines of words on both sides.

use super::layout::Line;
use crate::limits::Budget;
use crate::model::Fault;

/// Lines that a column of prose has at least.
const COLUMN_LINES: usize = 6;
/// Characters that half of the lines of a column of prose have at least.
const LINE_CHARACTERS: usize = 22;
/// Columns within columns.
const DEPTH: u32 = 3;
/// Lines that are looked at for gutters; a page has fewer.
const LINES: usize = 2000;

/// The lines of a page, columns of prose one after the other, each line keeping its cells.
///
/// # Errors
/// When the item's time is over.
pub(super) fn in_reading_order(lines: Vec<Line>, budget: &Budget) -> Result<Vec<Line>, Fault> {
    split(lines, budget, DEPTH)
}

fn split(lines: Vec<Line>, budget: &Budget, depth: u32) -> Result<Vec<Line>, Fault> {
    if depth == 0 || lines.len() < COLUMN_LINES || lines.len() > LINES {
        return Ok(lines);
    }
    let Some(gutter) = gutter(&lines, budget)? else { return Ok(lines) };
    let mut out = Vec::with_capacity(lines.len());
    let mut band: Vec<Line> = Vec::new();
    for line in lines {
        budget.check()?;
        if line.cells.iter().any(|cell| cell.x < gutter && cell.end > gutter) {
            flush(std::mem::take(&mut band), gutter, &mut out, budget, depth)?;
            out.push(line);
        } else {
            band.push(line);
        }
    }
    flush(band, gutter, &mut out, budget, depth)?;
    Ok(out)
}

/// Cuts a band of lines at the gutter if both sides are prose.
fn flush(band: Vec<Line>, gutter: f32, out: &mut Vec<Line>, budget: &Budget, depth: u32) -> Result<(), Fault> {
    if !is_prose(&band, |x| x < gutter) || !is_prose(&band, |x| x >= gutter) {
        out.extend(band);
        return Ok(());
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for line in band {
        let (of_left, of_right): (Vec<_>, Vec<_>) = line.cells.into_iter().partition(|cell| cell.x < gutter);
        for (cells, side) in [(of_left, &mut left), (of_right, &mut right)] {
            if !cells.is_empty() {
                side.push(Line { y: line.y, em: line.em, cells });
            }
        }
    }
    out.extend(split(left, budget, depth - 1)?);
    out.extend(split(right, budget, depth - 1)?);
    Ok(())
}

/// The place that most lines leave free between two cells.
fn gutter(lines: &[Line], budget: &Budget) -> Result<Option<f32>, Fault> {
    let mut edges: Vec<(f32, i32)> = Vec::new();
    for line in lines {
        for pair in line.cells.windows(2) {
            if let [left, right] = pair {
                edges.push((left.end + 0.1, 1));
                edges.push((right.x - 0.1, -1));
            }
        }
    }
    budget.check_now()?;
    edges.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (mut open, mut best, mut from, mut found) = (0, 0, 0.0, None);
    for (x, step) in edges {
        open += step;
        if step > 0 && open > best {
            (best, from) = (open, x);
        } else if step < 0 && open + 1 == best && found.is_none_or(|(count, _)| count < best) {
            found = Some((best, f32::midpoint(from, x)));
        }
    }
    Ok(found.filter(|(count, _)| *count as usize >= COLUMN_LINES).map(|(_, x)| x))
}

/// Whether one side of a band is prose: enough lines, most of them long and made of words.
fn is_prose(band: &[Line], is_on_side: impl Fn(f32) -> bool) -> bool {
    let (mut lines, mut long) = (0, 0);
    for line in band {
        let mut cells = line.cells.iter().filter(|cell| is_on_side(cell.x));
        let (Some(cell), more) = (cells.next(), cells.next()) else { continue };
        lines += 1;
        let letters = cell.text.chars().filter(|c| c.is_alphabetic()).count();
        let is_long = letters >= LINE_CHARACTERS && cell.text.contains(' ');
        long += usize::from(is_long && more.is_none());
    }
    lines >= COLUMN_LINES && long * 2 >= lines
}

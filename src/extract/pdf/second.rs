//! The second reader, hayro: glyphs to characters by the font program itself, its own repair, and pages as pixels.
//! It has no bound on decompression or work of its own, so it sees only files whose streams were measured, runs
//! behind the guard, and is unwound when the item's time is over.

use super::chunks::WORD_GAP;
use super::glyphs::{Glyph, Glyphs, UNKNOWN};
use super::transform::Transform;
use super::widths::StandIn;
use crate::limits::{Budget, guard};
use crate::model::{Code, Fault, Frame, Raster, Stage};
use hayro::hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt as _, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::kurbo::{Affine, BezPath, Point, Rect, Shape as _};
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use lopdf::{Document, Object, Stream};
use memchr::memmem;
use std::cell::Cell;
use std::io::Read as _;

/// Bytes that one stream of a measured file may expand to.
const STREAM: u64 = 64 << 20;
/// Most that Deflate expands to (RFC 1951: 258 bytes of 2 bits).
const DEFLATE_RATIO: u64 = 1032;
/// Resolution of page pictures: OCR gains little above it (Tesseract's documentation asks for 200 to 300 dpi).
const DPI: f32 = 200.0;
/// Pixels of a page picture, and its longer side.
const PAGE_PIXELS: f32 = 16e6;
const PAGE_SIDE: f32 = 6000.0;

/// Usual space between the ink of a letter and the end of its advance, in thousandths of an em.
const SIDE_BEARING: f64 = 60.0;

/// Whether no stream of a loaded document expands beyond the bound, and no picture is beyond the pixel limit.
pub(super) fn is_tame(doc: &Document, budget: &Budget) -> Result<bool, Fault> {
    for object in doc.objects.values() {
        budget.check()?;
        if let Object::Stream(stream) = object
            && !is_tame_stream(stream, budget)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_tame_stream(stream: &Stream, budget: &Budget) -> bool {
    let side = |key: &[u8]| stream.dict.get(key).and_then(Object::as_i64).unwrap_or(0).max(0) as u64;
    if side(b"Width").saturating_mul(side(b"Height")) > budget.limits().pixels {
        return false;
    }
    let Ok(filters) = stream.filters() else { return stream.dict.get(b"Filter").is_err() };
    let is_packed =
        |name: &&&[u8]| matches!(**name, b"FlateDecode" | b"LZWDecode" | b"RunLengthDecode" | b"Fl" | b"LZW" | b"RL");
    match filters.iter().filter(is_packed).count() {
        0 => true,
        1 if (stream.content.len() as u64).saturating_mul(DEFLATE_RATIO) <= STREAM => true,
        _ => stream.decompressed_content_with_limit(STREAM as usize).is_ok(),
    }
}

/// The same for bytes that no document could be loaded from: every Deflate stream in them is measured.
pub(super) fn are_tame_bytes(bytes: &[u8], budget: &Budget) -> Result<bool, Fault> {
    if memmem::find(bytes, b"/Encrypt").is_some() {
        return Ok(false);
    }
    let mut last = None;
    for at in memmem::find_iter(bytes, b"FlateDecode") {
        if last.is_some_and(|last| at - last < 32) {
            return Ok(false);
        }
        last = Some(at);
    }
    if (bytes.len() as u64).saturating_mul(DEFLATE_RATIO) <= STREAM {
        return Ok(true);
    }
    for at in memmem::find_iter(bytes, b"stream") {
        budget.check_now()?;
        let rest = bytes.get(at + 6..).unwrap_or_default();
        let start = rest.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let data = rest.get(start..).unwrap_or_default();
        let mut decoder = flate2::read::ZlibDecoder::new(data).take(STREAM);
        if std::io::copy(&mut decoder, &mut std::io::sink()).is_ok_and(|length| length >= STREAM) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Opens a document with the first password that fits.
pub(super) fn open(bytes: &[u8], passwords: &[String]) -> Option<Pdf> {
    guard(Stage::Extract, || {
        let plain = Pdf::new(bytes.to_vec()).ok();
        plain.or_else(|| passwords.iter().find_map(|password| Pdf::new_with_password(bytes.to_vec(), password).ok()))
    })
    .ok()
    .flatten()
}

/// The glyphs of every page. What was read before time was over or a reader failed is kept, with the reason.
/// `places` are the transforms to page space that the first reader used, if it had the same pages.
pub(super) fn read(pdf: &Pdf, places: &[Transform], budget: &Budget) -> (Vec<Glyphs>, Option<Fault>) {
    let mut pages = Vec::new();
    let late = Cell::new(false);
    let outcome = guard(Stage::Extract, || {
        let cache = InterpreterCache::new();
        let is_same = places.len() == pdf.pages().len();
        for (index, page) in pdf.pages().iter().take(budget.limits().pages as usize).enumerate() {
            let mut collector = Collector { page: Glyphs::default(), budget, late: &late, operators: 0 };
            let place = places.get(index).filter(|_| is_same);
            let transform =
                place.map_or_else(|| page.initial_transform(false).to_kurbo(), |place| Affine::new(place.0));
            let area = Rect::new(0.0, 0.0, 1.0, 1.0);
            let mut context = Context::new(transform, area, &cache, pdf.xref(), InterpreterSettings::default());
            interpret_page(page, &mut context, &mut collector);
            pages.push(collector.page);
        }
    });
    let fault = outcome.err().map(|fault| if late.get() { Fault::extract(Code::SlowItem) } else { fault });
    (pages, fault)
}

/// A page as pixels at reading resolution, as wide and high as the bounds allow.
pub(super) fn raster(pdf: &Pdf, index: usize) -> Option<Raster> {
    let pixmap = guard(Stage::Extract, || {
        let page = pdf.pages().get(index)?;
        let (width, height) = page.render_dimensions();
        if !(width.is_finite() && height.is_finite() && width >= 1.0 && height >= 1.0) {
            return None;
        }
        let scale = (DPI / 72.0).min(PAGE_SIDE / width.max(height)).min((PAGE_PIXELS / (width * height)).sqrt());
        let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        let cache = RenderCache::new();
        Some(hayro::render(page, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings))
    });
    let pixmap = pixmap.ok().flatten()?;
    let rgb: Vec<u8> = pixmap.data().iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
    let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
    Some(Raster { frame: Frame::Page(number), width: pixmap.width().into(), height: pixmap.height().into(), rgb })
}

const WHITE: hayro::vello_cpu::color::AlphaColor<hayro::vello_cpu::color::Srgb> =
    hayro::vello_cpu::color::palette::css::WHITE;

/// Collects glyphs with their places. It is a device that paints nothing.
struct Collector<'b> {
    page: Glyphs,
    budget: &'b Budget,
    late: &'b Cell<bool>,
    operators: u64,
}

impl Collector<'_> {
    /// Ends the reading once time or the operators are spent: unwinding is the only way out of the reader.
    fn spend(&mut self) {
        self.operators += 1;
        let is_spent = self.operators > self.budget.limits().pdf_operators
            || self.page.text.len() as u64 > self.budget.limits().text_bytes;
        if is_spent || self.budget.check().is_err() {
            self.late.set(true);
            std::panic::resume_unwind(Box::new(()));
        }
    }

    fn push(&mut self, text: &str, transform: Affine, advance: f64) {
        let [a, b, c, d, ..] = transform.as_coeffs();
        let place = transform * Point::ZERO;
        let numbers = [place.x, place.y, advance, c.hypot(d)];
        if numbers.iter().any(|number| !number.is_finite()) {
            return;
        }
        let start = self.page.text.len() as u32;
        self.page.text.push_str(text);
        self.page.all.push(Glyph {
            x: place.x as f32,
            y: place.y as f32,
            advance: advance as f32,
            em: (c.hypot(d) * 1000.0) as f32,
            turn: (b.atan2(a).to_degrees().round() as i32).rem_euclid(360) as u16,
            start,
            end: self.page.text.len() as u32,
            is_hidden: false,
            is_unsure: text.contains(UNKNOWN),
        });
    }
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Stroke(_)) {
            return;
        }
        let stand_in = StandIn::for_name(b"Helvetica");
        let glyphs: Vec<(Affine, Option<String>)> = run
            .glyphs()
            .iter()
            .map(|glyph| {
                let text = glyph.as_unicode().map(|text| match text {
                    BfString::Char(character) => character.to_string(),
                    BfString::String(string) => string,
                });
                (props.transform * glyph.transform(), text.filter(|text| text.chars().any(|c| c != '\0')))
            })
            .collect();
        for (index, ((transform, text), glyph)) in glyphs.iter().zip(run.glyphs()).enumerate() {
            self.spend();
            let [a, b, ..] = transform.as_coeffs();
            let scale = a.hypot(b);
            let usual = text.iter().flat_map(|text| text.chars()).map(|c| stand_in.width(c)).sum::<f64>() * scale;
            // The advance is not handed over: it is the way to the next glyph, unless the ink ends well before that.
            let to_next =
                glyphs.get(index + 1).map(|(next, _)| (*next * Point::ZERO).distance(*transform * Point::ZERO));
            let advance = match (to_next, &**glyph) {
                (Some(to_next), _) if to_next <= usual * 1.05 => to_next,
                (Some(to_next), Drawn::Outline(outline)) => {
                    let ink = (outline.outline().bounding_box().x1 + SIDE_BEARING) * scale;
                    if to_next - ink < f64::from(WORD_GAP) * 1000.0 * scale { to_next } else { ink.max(0.0) }
                }
                _ => usual,
            };
            if text.is_none() {
                self.page.unmapped += 1;
            }
            let unknown = UNKNOWN.to_string();
            self.push(text.as_ref().unwrap_or(&unknown), *transform, advance);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.spend();
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.spend();
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.spend();
    }

    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.spend();
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend();
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.spend();
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

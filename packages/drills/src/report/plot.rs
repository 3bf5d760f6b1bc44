//! The plots of a report, as SVG in a page: the faults in time, the customers, the sagas, and every answer.
//!
//! They share one axis of time, so that what happened can be read downwards. Lines, areas and dots are all they need, which
//! is why no library draws them.

use std::fmt::Write as _;

use super::{Fault, Report};

/// Width of every plot and of what stands left and right of its area.
const WIDTH: u64 = 940;
const LEFT: u64 = 150;
const RIGHT: u64 = 20;

/// Height of the area of a plot, and of a row of the timeline.
const HEIGHT: u64 = 150;
const ROW: u64 = 26;

/// The axis of time that all plots share.
struct Axis {
    end: u64,
}

impl Axis {
    fn of(report: &Report) -> Self {
        let samples = report.samples.iter().map(|sample| sample.at);
        let faults = report.faults.iter().filter_map(|fault| fault.reverted_at.or(fault.applied_at));
        Self { end: samples.chain(faults).max().unwrap_or_default().max(1000) }
    }

    fn x(&self, at: u64) -> u64 {
        LEFT + at.min(self.end) * (WIDTH - LEFT - RIGHT) / self.end
    }

    /// Seconds between two marks, so that there are five to twelve.
    fn step(&self) -> u64 {
        let steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
        steps.into_iter().find(|step| self.end / (step * 1000) <= 12).unwrap_or(1200)
    }

    /// The marks, below an area that ends at `bottom`.
    fn draw(&self, svg: &mut String, bottom: u64) {
        let step = self.step() * 1000;
        for at in (0..=self.end).step_by(usize::try_from(step).unwrap_or(1000)) {
            let x = self.x(at);
            let _ = write!(svg, r#"<line class="grid" x1="{x}" x2="{x}" y1="8" y2="{bottom}"/>"#);
            let _ = write!(
                svg,
                r#"<text class="tick" x="{x}" y="{}" text-anchor="middle">{} s</text>"#,
                bottom + 16,
                at / 1000
            );
        }
    }
}

fn open(height: u64, label: &str) -> String {
    format!(r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">"#)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Bands behind a plot while faults hold.
fn bands(svg: &mut String, report: &Report, axis: &Axis, bottom: u64) {
    for fault in &report.faults {
        let Some(from) = fault.applied_at else { continue };
        let (left, right) = (axis.x(from), axis.x(fault.reverted_at.unwrap_or(from)).max(axis.x(from) + 2));
        let _ =
            write!(svg, r#"<rect class="band" x="{left}" y="8" width="{}" height="{}"/>"#, right - left, bottom - 8);
    }
}

/// Planned against applied, a row for each fault, and a row for readiness.
pub(super) fn timeline(report: &Report) -> String {
    let axis = Axis::of(report);
    let rows = report.faults.len() as u64 + 1;
    let bottom = 12 + rows * ROW;
    let mut svg = open(bottom + 26, "Faults in time, planned and applied");
    axis.draw(&mut svg, bottom);
    for (fault, row) in report.faults.iter().zip(0..) {
        draw_fault(&mut svg, fault, &axis, 12 + row * ROW);
    }
    let y = 12 + (rows - 1) * ROW;
    let _ = write!(svg, r#"<text class="name" x="{}" y="{}" text-anchor="end">ready</text>"#, LEFT - 10, y + 15);
    for pair in report.samples.windows(2) {
        let (class, left, right) = (if pair[0].ready { "good" } else { "bad" }, axis.x(pair[0].at), axis.x(pair[1].at));
        let _ = write!(svg, r#"<rect class="{class}" x="{left}" y="{}" width="{}" height="8"/>"#, y + 7, right - left);
    }
    svg + "</svg>"
}

fn draw_fault(svg: &mut String, fault: &Fault, axis: &Axis, y: u64) {
    let (from, until) = (fault.planned_at, fault.planned_for.map_or(axis.end, |lasts| fault.planned_at + lasts));
    let (left, right) = (axis.x(from), axis.x(until).max(axis.x(from) + 3));
    let _ = write!(
        svg,
        r#"<text class="name" x="{}" y="{}" text-anchor="end">{}</text>"#,
        LEFT - 10,
        y + 15,
        escaped(&fault.id)
    );
    let _ =
        write!(svg, r#"<rect class="planned" x="{left}" y="{}" width="{}" height="16" rx="2"/>"#, y + 3, right - left);
    if let Some(applied) = fault.applied_at {
        let reverted = fault.reverted_at.unwrap_or(applied);
        let (left, right) = (axis.x(applied), axis.x(reverted).max(axis.x(applied) + 3));
        let class = if fault.hits == Some(0) { "missed" } else { "applied" };
        let hits = fault.hits.map_or_else(String::new, |hits| format!(", {hits} hits"));
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{left}" y="{}" width="{}" height="8" rx="2"><title>{}{hits}</title></rect>"#,
            y + 7,
            right - left,
            escaped(&fault.what),
        );
    }
}

/// One line of a plot.
struct Line {
    class: &'static str,
    name: &'static str,
    points: Vec<(u64, u64)>,
}

fn lines(report: &Report, label: &str, lines: &[Line]) -> String {
    let axis = Axis::of(report);
    let bottom = 8 + HEIGHT;
    let top = lines.iter().flat_map(|line| &line.points).map(|(_, value)| *value).max().unwrap_or_default().max(1);
    let y = |value: u64| bottom - value * (HEIGHT - 14) / top;
    let mut svg = open(bottom + 26, label);
    bands(&mut svg, report, &axis, bottom);
    axis.draw(&mut svg, bottom);
    for value in [0, top / 2, top] {
        let at = y(value);
        let _ = write!(svg, r#"<line class="grid" x1="{LEFT}" x2="{}" y1="{at}" y2="{at}"/>"#, WIDTH - RIGHT);
        let _ = write!(svg, r#"<text class="tick" x="{}" y="{}" text-anchor="end">{value}</text>"#, LEFT - 8, at + 4);
    }
    for (line, place) in lines.iter().zip(0..) {
        let points = line.points.iter().map(|(at, value)| format!("{},{}", axis.x(*at), y(*value)));
        let points = points.collect::<Vec<_>>().join(" ");
        let _ = write!(svg, r#"<polyline class="line {}" points="{points}"/>"#, line.class);
        let key = 22 + place * 18;
        let _ = write!(svg, r#"<rect class="key {}" x="8" y="{}" width="12" height="4"/>"#, line.class, key - 5);
        let _ = write!(svg, r#"<text class="name" x="26" y="{key}">{}</text>"#, line.name);
    }
    svg + "</svg>"
}

/// Customers who have an answer, tickets, or nothing.
pub(super) fn customers(report: &Report) -> String {
    let of =
        |value: fn(&super::Sample) -> u64| report.samples.iter().map(|sample| (sample.at, value(sample))).collect();
    let all = [
        Line { class: "blue", name: "answered", points: of(|sample| sample.answered) },
        Line { class: "green", name: "with tickets", points: of(|sample| sample.confirmed) },
        Line { class: "red", name: "heard nothing", points: of(|sample| sample.unknown) },
    ];
    lines(report, "Customers by what they heard", &all)
}

/// Sagas that run, and repetitions.
pub(super) fn sagas(report: &Report) -> String {
    let running = report.samples.iter().filter_map(|sample| Some((sample.at, sample.running?)));
    let repetitions = report.samples.iter().map(|sample| (sample.at, sample.repetitions));
    let all = [
        Line { class: "blue", name: "sagas running", points: running.collect() },
        Line { class: "violet", name: "repetitions", points: repetitions.collect() },
    ];
    lines(report, "Sagas that run, and repetitions", &all)
}

/// Every answer by when it was asked for and how long it took, on a scale of powers of two.
pub(super) fn latencies(report: &Report) -> String {
    let axis = Axis::of(report);
    let bottom = 8 + HEIGHT;
    let slowest = report.answers.iter().map(|answer| answer.took).max().unwrap_or(1).max(64);
    let top = u64::from(slowest.ilog2()) + 1;
    let low = 2; // Four milliseconds: nothing is answered sooner than that twice.
    let y = |took: u64| {
        // Sixteenths of a power of two, without leaving whole numbers.
        let took = took.max(4);
        let power = u64::from(took.ilog2());
        let sixteenths = power * 16 + (took - (1 << power)) * 16 / (1 << power);
        bottom - sixteenths.saturating_sub(low * 16) * (HEIGHT - 14) / ((top - low) * 16).max(1)
    };
    let mut svg = open(bottom + 26, "Answers by time and duration");
    bands(&mut svg, report, &axis, bottom);
    axis.draw(&mut svg, bottom);
    for power in (low..=top).step_by(2) {
        let took = 1_u64 << power;
        let at = y(took);
        let _ = write!(svg, r#"<line class="grid" x1="{LEFT}" x2="{}" y1="{at}" y2="{at}"/>"#, WIDTH - RIGHT);
        let _ = write!(svg, r#"<text class="tick" x="{}" y="{}" text-anchor="end">{took} ms</text>"#, LEFT - 8, at + 4);
    }
    for answer in &report.answers {
        let class = match answer.kind.as_str() {
            "confirmed" => "green",
            "no answer" => "red",
            "on its way" => "blue",
            _ => "orange",
        };
        let _ =
            write!(svg, r#"<circle class="dot {class}" cx="{}" cy="{}" r="2.2"/>"#, axis.x(answer.at), y(answer.took));
    }
    for (class, name, place) in
        [("green", "confirmed", 0), ("orange", "refused", 1), ("blue", "on its way", 2), ("red", "no answer", 3)]
    {
        let key = 22 + place * 18;
        let _ = write!(
            svg,
            r#"<circle class="dot {class}" cx="14" cy="{}" r="4"/><text class="name" x="26" y="{key}">{name}</text>"#,
            key - 4
        );
    }
    svg + "</svg>"
}

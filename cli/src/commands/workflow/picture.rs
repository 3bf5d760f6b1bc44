//! A machine as an SVG, in layers from top to bottom. States inside of others stand beside them, joined by dashed arrows,
//! because the layout knows no boxes within boxes; so are the ways that failures take.

use std::collections::HashMap;

use layout::{
    adt::dag::NodeHandle,
    core::{
        base::Orientation,
        color::Color,
        style::{LineStyleKind, StyleAttr},
    },
    std_shapes::{
        render::get_shape_size,
        shapes::{Arrow, Element, LineEndKind, ShapeKind},
    },
    topo::layout::VisualGraph,
};
use usher_asl::{
    State, StateMachine,
    graph::arrows,
    model::{Flow, Kind},
};

use super::canvas::Canvas;

const ORIENTATION: Orientation = Orientation::TopToBottom;

/// Colours as red, green, blue and opacity.
const INK: u32 = 0x33_33_33_ff;
const PAPER: u32 = 0xfb_fa_f6_ff;

/// Draws it.
pub fn svg(machine: &StateMachine) -> String {
    let mut picture = Picture { graph: VisualGraph::new(ORIENTATION), nodes: HashMap::new() };
    let start = picture.node(ShapeKind::new_circle("start"), style(PAPER, 1));
    for state in machine.all_states() {
        let node = picture.node(ShapeKind::new_box(&state.name), look(state));
        picture.nodes.insert(state.name.clone(), node);
    }
    picture.flow(machine.flow(), start, LineStyleKind::Normal, "");
    let mut canvas = Canvas::default();
    picture.graph.do_it(false, false, false, &mut canvas);
    canvas.finish()
}

struct Picture {
    graph: VisualGraph,
    nodes: HashMap<String, NodeHandle>,
}

impl Picture {
    fn flow(&mut self, flow: &Flow, from: NodeHandle, line: LineStyleKind, label: &str) {
        self.arrow(from, flow.start_at(), line, label);
        for state in flow.states() {
            let Some(node) = self.nodes.get(&state.name).copied() else { continue };
            for arrow in arrows(state) {
                let line = if arrow.is_catch { LineStyleKind::Dashed } else { LineStyleKind::Normal };
                self.arrow(node, arrow.to, line, &arrow.label);
            }
            for (field, inner) in state.flows() {
                self.flow(inner, node, LineStyleKind::Dashed, &field);
            }
        }
    }

    fn arrow(&mut self, from: NodeHandle, to: &str, line: LineStyleKind, label: &str) {
        let Some(to) = self.nodes.get(to).copied() else { return };
        let arrow = Arrow::new(LineEndKind::None, LineEndKind::Arrow, line, label, &style(PAPER, 1), &None, &None);
        self.graph.add_edge(arrow, from, to);
    }

    fn node(&mut self, shape: ShapeKind, style: StyleAttr) -> NodeHandle {
        let size = get_shape_size(ORIENTATION, &shape, style.font_size, false);
        self.graph.add_node(Element::create(shape, style, ORIENTATION, size))
    }
}

/// Thick lines around the states in which a flow can end.
fn look(state: &State) -> StyleAttr {
    let fill = match state.kind {
        Kind::Task(_) => 0xdd_e9_f5_ff,
        Kind::Choice(_) => 0xfd_f1_cf_ff,
        Kind::Fail(_) => 0xf8_dc_d6_ff,
        Kind::Succeed => 0xdc_ef_dc_ff,
        Kind::Parallel(_) | Kind::Map(_) => 0xec_e3_f3_ff,
        Kind::Pass { .. } | Kind::Wait(_) => PAPER,
    };
    style(fill, if state.is_terminal() { 3 } else { 1 })
}

fn style(fill: u32, line_width: usize) -> StyleAttr {
    StyleAttr::new(Color::new(INK), line_width, Some(Color::new(fill)), 8, 14)
}

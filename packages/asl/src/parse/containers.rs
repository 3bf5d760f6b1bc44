//! What only Parallel and Map states have.

use serde_json::Value;

use super::{fields::Fields, flow};
use crate::model::{Map, Parallel};

/// The most iterations at once that a definition may ask for.
const MOST_CONCURRENT: u64 = 100_000_000;

/// The fields that only a distributed Map has; `validate` reports them elsewhere.
const DISTRIBUTED: &[&str] = &["ItemBatcher", "ItemReader", "Label", "ResultWriter"];

/// Reads the branches.
pub(super) fn parallel(fields: &Fields<'_>, depth: usize) -> Parallel {
    fields.required("Branches");
    let list = fields.list("Branches").map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() && fields.has("Branches") {
        fields.report("Branches", "There must be at least one branch");
    }
    let mut branches = Vec::with_capacity(list.len());
    for (position, value) in list.iter().enumerate() {
        let location = fields.location.child("Branches").element(position);
        let Some(branch) = Fields::of(value, location, fields.problems) else { continue };
        branch.get("Comment");
        branches.push(flow::read(&branch, depth + 1));
        branch.close("a branch");
    }
    Parallel { branches }
}

/// Reads the processor and what surrounds it. Nothing comes back when there is no processor, or when it is distributed.
pub(super) fn map(fields: &Fields<'_>, depth: usize) -> Option<Map> {
    for name in DISTRIBUTED {
        fields.get(name);
    }
    fields.exclusive(&["ItemProcessor", "Iterator"]);
    fields.exclusive(&["ItemSelector", "Parameters"]);
    let name = if fields.has("Iterator") { "Iterator" } else { "ItemProcessor" };
    let items = fields.path("ItemsPath");
    let item_selector = fields.template("ItemSelector").or_else(|| fields.template("Parameters"));
    let max_concurrency = fields.amount("MaxConcurrency", "MaxConcurrencyPath", 0..=MOST_CONCURRENT);
    let tolerated_failure_count =
        fields.amount("ToleratedFailureCount", "ToleratedFailureCountPath", 0..=MOST_CONCURRENT);
    let tolerated_failure_percentage =
        fields.amount("ToleratedFailurePercentage", "ToleratedFailurePercentagePath", 0..=100);
    let processor = Fields::of(fields.required(name)?, fields.location.child(name), fields.problems)?;
    processor.get("Comment");
    inline(&processor);
    let flow = flow::read(&processor, depth + 1);
    processor.close("a Map's processor");
    Some(Map {
        processor: flow,
        processor_field: name,
        items,
        item_selector,
        max_concurrency,
        tolerated_failure_count,
        tolerated_failure_percentage,
    })
}

fn inline(processor: &Fields<'_>) {
    let Some(config) = processor.get("ProcessorConfig") else { return };
    match config.get("Mode").map(Value::as_str) {
        None | Some(Some("INLINE")) => {}
        Some(Some("DISTRIBUTED")) => {
            processor.report("ProcessorConfig", "A distributed Map is not supported; use the mode 'INLINE'");
        }
        Some(_) => processor.report("ProcessorConfig", "The mode must be 'INLINE' or 'DISTRIBUTED'"),
    }
}

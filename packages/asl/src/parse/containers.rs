//! What only Parallel and Map states have.

use serde_json::Value;

use super::{fields::Fields, flow};
use crate::model::{Items, Map, Parallel, QueryLanguage};

/// The most iterations at once that a definition may ask for.
const MOST_CONCURRENT: u64 = 100_000_000;

/// The fields that only a distributed Map has; `validate` reports them elsewhere.
const DISTRIBUTED: &[&str] = &["ItemBatcher", "ItemReader", "Label", "ResultWriter"];

/// Reads the branches.
pub(super) fn parallel(fields: &Fields<'_>, language: QueryLanguage, depth: usize) -> Parallel {
    fields.required("Branches");
    let list = fields.list("Branches").map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() && fields.has("Branches") {
        fields.report("Branches", "There must be at least one branch");
    }
    let mut branches = Vec::with_capacity(list.len());
    for (position, value) in list.iter().enumerate() {
        let location = fields.location.child("Branches").element(position);
        let Some(branch) = Fields::of(value, location, fields.problems, language) else { continue };
        branch.get("Comment");
        branches.push(flow::read(&branch, language, depth + 1));
        branch.close("a branch");
    }
    Parallel { branches }
}

/// Reads the processor and what surrounds it. Nothing comes back when there is no processor.
pub(super) fn map(fields: &Fields<'_>, language: QueryLanguage, depth: usize) -> Option<Map> {
    for name in DISTRIBUTED {
        fields.get(name);
    }
    fields.exclusive(&["ItemProcessor", "Iterator"]);
    let name = if fields.has("Iterator") { "Iterator" } else { "ItemProcessor" };
    let (items, item_selector) = if fields.is_jsonata() {
        (computed_items(fields), fields.template("ItemSelector"))
    } else {
        fields.exclusive(&["ItemSelector", "Parameters"]);
        let item_selector = fields.template("ItemSelector").or_else(|| fields.template("Parameters"));
        (fields.path("ItemsPath").map(Items::At), item_selector)
    };
    let max_concurrency = fields.amount("MaxConcurrency", "MaxConcurrencyPath", 0..=MOST_CONCURRENT);
    let tolerated_failure_count =
        fields.amount("ToleratedFailureCount", "ToleratedFailureCountPath", 0..=MOST_CONCURRENT);
    let tolerated_failure_percentage =
        fields.percentage("ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
    let processor = Fields::of(fields.required(name)?, fields.location.child(name), fields.problems, language)?;
    processor.get("Comment");
    let distributed = is_distributed(&processor);
    let flow = flow::read(&processor, language, depth + 1);
    processor.close("a Map's processor");
    Some(Map {
        processor: flow,
        processor_field: name,
        items,
        item_selector,
        max_concurrency,
        tolerated_failure_count,
        tolerated_failure_percentage,
        distributed,
        has_item_reader: fields.has("ItemReader"),
        has_result_writer: fields.has("ResultWriter"),
        label: fields.get("Label").and_then(Value::as_str).map(str::to_owned),
    })
}

/// `Items`: an array, or an expression that gives one.
fn computed_items(fields: &Fields<'_>) -> Option<Items> {
    let value = fields.get("Items")?;
    if !value.is_array() && !fields.is_query("Items") {
        fields.report("Items", "The field 'Items' must be an array or a JSONata expression");
        return None;
    }
    fields.template("Items").map(Items::Template)
}

fn is_distributed(processor: &Fields<'_>) -> bool {
    let Some(config) = processor.get("ProcessorConfig") else { return false };
    match config.get("Mode").map(Value::as_str) {
        None | Some(Some("INLINE")) => false,
        Some(Some("DISTRIBUTED")) => true,
        Some(_) => {
            processor.report("ProcessorConfig", "The mode must be 'INLINE' or 'DISTRIBUTED'");
            false
        }
    }
}

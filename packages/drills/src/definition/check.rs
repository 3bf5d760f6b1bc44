//! From a file to a drill, or to what is wrong with it: the file, the line, the field, and what would be right.

use std::fmt;

use serde_json::json;
use serde_saphyr::{Location, Spanned};
use usher_core::faults::{Act, Order, Point, What};
use usher_workflows::{definitions::SAGAS, step::STEPS};

use super::{
    Abort, Action, COUNTERS, CleanUp, Drill, Expect, Fault, Load,
    file::{self, File, Kind, Target},
    hash,
};

/// The largest hall: 40 rows of 50.
const LARGEST_HALL: usize = 2000;

/// What is wrong with a drill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Wrong {
    /// The file.
    pub path: String,
    /// The line and the column, from 1.
    pub place: Option<(u64, u64)>,
    /// The field, where the file could be read.
    pub field: Option<String>,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": `{field}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

struct Checking<'a> {
    path: &'a str,
}

impl Checking<'_> {
    fn wrong(&self, place: Location, field: &str, message: impl Into<String>) -> Wrong {
        let place = (place.line() > 0).then(|| (place.line(), place.column()));
        Wrong { path: self.path.to_owned(), place, field: Some(field.to_owned()), message: message.into() }
    }
}

pub(super) fn check(path: &str, text: &str) -> Result<Drill, Wrong> {
    let checking = Checking { path };
    let file: File = serde_saphyr::from_str(text).map_err(|error| unreadable(path, &error))?;
    let stem = std::path::Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if file.name.value != stem {
        return Err(checking.wrong(file.name.referenced, "name", format!("must be `{stem}`, as the file is called")));
    }
    let load = checking.load(file.load)?;
    let faults = file.faults.into_iter().zip(1..).map(|(fault, number)| checking.fault(fault, number));
    let mut faults = faults.collect::<Result<Vec<_>, _>>()?;
    faults.sort_by_key(|fault| fault.at);
    let expect = checking.expect(file.expect)?;
    let (abort, clean_up) = (file.abort, file.clean_up);
    Ok(Drill {
        name: file.name.value,
        title: file.title,
        hypothesis: one_line(&file.hypothesis),
        learn: one_line(&file.learn),
        load,
        faults,
        abort: Abort { after: abort.after, unknown_above: abort.unknown_above, not_ready_for: abort.not_ready_for },
        clean_up: CleanUp {
            settle_within: clean_up.settle_within,
            redrive_dead_letters: clean_up.redrive_dead_letters,
            redrive_sagas: clean_up.redrive_sagas,
        },
        expect,
        hash: hash(text),
    })
}

fn unreadable(path: &str, error: &serde_saphyr::Error) -> Wrong {
    let place = error.location().map(|location| (location.line(), location.column()));
    // The first line of what it says, without the place, which is told in front.
    let said = error.to_string();
    let said = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let message = match said.split_once(": ") {
        Some((place, message)) if place.starts_with("line ") => message.to_owned(),
        _ => said.to_owned(),
    };
    Wrong { path: path.to_owned(), place, field: None, message }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Checking<'_> {
    fn load(&self, load: Spanned<file::Load>) -> Result<Load, Wrong> {
        let (place, load) = (load.referenced, load.value);
        let wrong = |field: &str, message: String| Err(self.wrong(place, &format!("load.{field}"), message));
        if load.buyers == 0 {
            return wrong("buyers", "nobody buys: at least 1".to_owned());
        }
        if load.hall == 0 || load.hall > LARGEST_HALL {
            return wrong("hall", format!("a hall has 1 to {LARGEST_HALL} seats"));
        }
        if load.seats_each == 0 || load.seats_each > 10 || load.seats_each > load.hall {
            return wrong("seats-each", "a customer books 1 to 10 seats, and no more than there are".to_owned());
        }
        if load.pick == file::Pick::Own && load.buyers * load.seats_each > load.hall {
            let needed = load.buyers * load.seats_each;
            return wrong("hall", format!("with `pick: own` everybody has their own seats: at least {needed}"));
        }
        if load.tries == 0 {
            return wrong("tries", "at least 1".to_owned());
        }
        for (field, percent) in [("storm", load.storm), ("cancel", load.cancel)] {
            if percent > 100 {
                return wrong(field, "is a percentage".to_owned());
            }
        }
        let pay = if load.pay.is_empty() { vec![("pm_ok".to_owned(), 1)] } else { load.pay.into_iter().collect() };
        if pay.iter().all(|(_, weight)| *weight == 0) {
            return wrong("pay", "some weight has to be more than 0".to_owned());
        }
        Ok(Load {
            buyers: load.buyers,
            over: load.over,
            hall: load.hall,
            seats_each: load.seats_each,
            pick: load.pick,
            pay,
            patience: load.patience,
            tries: load.tries,
            storm: load.storm,
            other_seats: load.other_seats,
            cancel: load.cancel,
        })
    }

    fn fault(&self, fault: Spanned<file::Fault>, number: usize) -> Result<Fault, Wrong> {
        let (place, fault) = (fault.referenced, fault.value);
        let name = written(fault.inject.value);
        self.only_what_fits(&fault, number)?;
        let id = format!("{number}-{name}");
        let at = |field: &str| format!("faults[{}].{field}", number - 1);
        let missing = |field: &str| self.wrong(place, &at(field), format!("`{name}` needs it"));
        let (what, target, action) = match fault.inject.value {
            Kind::Kill | Kind::Suspend | Kind::Restart => {
                let target = fault.target.as_ref().ok_or_else(|| missing("target"))?;
                let is_server = matches!(target.value, Target::Database | Target::Broker);
                let action = match (fault.inject.value, is_server) {
                    (Kind::Suspend, true) | (Kind::Restart, false) => {
                        let message = format!("`{name}` does not go with `{}`", target.value.as_str());
                        return Err(self.wrong(target.referenced, &at("target"), message));
                    }
                    (kind, true) => Action::Server { target: target.value, kill: kind == Kind::Kill },
                    (kind, false) => Action::Process { role: target.value, suspend: kind == Kind::Suspend },
                };
                (name.to_owned(), target.value.as_str().to_owned(), action)
            }
            Kind::LockTable => {
                let table = fault.table.as_ref().ok_or_else(|| missing("table"))?;
                let sound =
                    |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                if table.value.split('.').count() != 2 || !table.value.split('.').all(sound) {
                    let message = "is a schema and a table, such as seating.claims";
                    return Err(self.wrong(table.referenced, &at("table"), message));
                }
                ("lock".to_owned(), table.value.clone(), Action::Lock { table: table.value.clone() })
            }
            Kind::Provider => {
                let mode = fault.mode.as_ref().ok_or_else(|| missing("mode"))?;
                let mut order = json!({ "mode": mode.value });
                if let Some(percent) = &fault.percent {
                    order["rate"] = json!(percent.value);
                }
                if let Some(times) = &fault.times {
                    order["count"] = json!(times.value);
                }
                let on = fault.on.as_ref().map(|on| on.value.clone()).unwrap_or_default();
                if !on.is_empty() {
                    order["on"] = json!(on);
                }
                let calls = if on.is_empty() { String::new() } else { format!(": {}", on.join(", ")) };
                (mode.value.clone(), format!("provider{calls}"), Action::Provider(order))
            }
            Kind::Plant => {
                let what = fault.what.as_ref().ok_or_else(|| missing("what"))?;
                ("a double sale".to_owned(), "seating and tickets".to_owned(), Action::Plant(what.value))
            }
            _ => self.order(&id, &fault, place, number)?,
        };
        Ok(Fault { id, what, target, at: fault.at, lasts: fault.lasts, action })
    }

    /// What the product does itself.
    fn order(
        &self,
        id: &str,
        fault: &file::Fault,
        place: Location,
        number: usize,
    ) -> Result<(String, String, Action), Wrong> {
        let name = written(fault.inject.value);
        let at = |field: &str| format!("faults[{}].{field}", number - 1);
        let missing = |field: &str| self.wrong(place, &at(field), format!("`{name}` needs it"));
        let mut order = Order::at(id, Point::Receive, Act::Crash);
        order.role = fault.role.as_ref().map(|role| role.value.clone());
        order.percent = fault.percent.as_ref().map_or(100, |percent| percent.value);
        order.each = fault.each.as_ref().map(|each| each.value);
        order.times = fault.times.as_ref().map(|times| times.value);
        if let Some(percent) = fault.percent.as_ref().filter(|percent| percent.value > 100) {
            return Err(self.wrong(percent.referenced, &at("percent"), "is a percentage"));
        }
        if let Some(role) = fault.role.as_ref().filter(|role| !["worker", "engine"].contains(&role.value.as_str())) {
            return Err(self.wrong(role.referenced, &at("role"), "is `worker` or `engine`"));
        }
        let known = |field: &str, given: &Option<Spanned<String>>, names: Vec<&str>| match given {
            Some(given) if !names.contains(&given.value.as_str()) => {
                let message = format!("there is no `{}`; there are {}", given.value, names.join(", "));
                Err(self.wrong(given.referenced, &at(field), message))
            }
            given => Ok(given.as_ref().map(|given| given.value.clone())),
        };
        order.step = known("step", &fault.step, STEPS.iter().map(|step| step.name).collect())?;
        order.saga = known("saga", &fault.saga, SAGAS.iter().map(|saga| saga.name).collect())?;
        if fault.inject.value == Kind::SkewClock {
            let by = fault.by.as_ref().ok_or_else(|| missing("by"))?;
            let milliseconds = skew(&by.value).ok_or_else(|| {
                self.wrong(by.referenced, &at("by"), "is a duration such as 90s, or -90s for a clock that is behind")
            })?;
            order.what = What::SkewClock { milliseconds };
            let target = order.role.clone().unwrap_or_else(|| "every process".to_owned());
            return Ok((format!("clock wrong by {}", by.value), target, Action::Order(order)));
        }
        if fault.inject.value == Kind::HogConnections {
            let connections = fault.connections.as_ref().ok_or_else(|| missing("connections"))?.value;
            order.what = What::HogConnections { connections };
            let target = order.role.clone().unwrap_or_else(|| "every process".to_owned());
            return Ok((format!("{connections} connections taken away"), target, Action::Order(order)));
        }
        let act = match fault.inject.value {
            Kind::Abort => Act::Abort,
            Kind::Pause => {
                let pause = fault.pause.ok_or_else(|| missing("pause"))?;
                let milliseconds = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
                Act::Pause { order: id.to_owned(), milliseconds }
            }
            Kind::FailTransient => Act::FailTransient,
            Kind::FailUnknown => Act::FailUnknown,
            Kind::Lose => Act::Lose,
            Kind::Duplicate => Act::Duplicate { copies: fault.copies.as_ref().map_or(1, |copies| copies.value) },
            Kind::Reorder => Act::Reorder,
            Kind::Poison => Act::Poison,
            Kind::Throttle => Act::Throttle,
            _ => Act::Crash,
        };
        let point = match &fault.point {
            Some(given) => {
                let point = Point::ALL.into_iter().find(|point| point.as_str() == given.value);
                point.filter(|point| points(&act).contains(point)).ok_or_else(|| {
                    let names = points(&act).iter().map(|point| point.as_str()).collect::<Vec<_>>().join(", ");
                    let message = format!("`{}` is no place for `{name}`; there are {names}", given.value);
                    self.wrong(given.referenced, &at("point"), message)
                })?
            }
            None => match points(&act) {
                [only] => *only,
                _ => return Err(missing("point")),
            },
        };
        order.what = What::At { point, act };
        let target = match (&order.saga, &order.step) {
            (_, Some(step)) => step.clone(),
            (Some(saga), None) => format!("saga {saga}"),
            (None, None) if point == Point::Start => "starts".to_owned(),
            (None, None) => "every step".to_owned(),
        };
        Ok((format!("{name} at {point}"), target, Action::Order(order)))
    }

    /// A field that means nothing to the fault it stands at is a mistake in the making.
    fn only_what_fits(&self, fault: &file::Fault, number: usize) -> Result<(), Wrong> {
        const OF_A_POINT: &[&str] = &["point", "step", "saga", "percent", "each", "times"];
        let fits: Vec<&str> = match fault.inject.value {
            Kind::Pause => [OF_A_POINT, &["pause"]].concat(),
            Kind::Duplicate => [OF_A_POINT, &["copies"]].concat(),
            Kind::Reorder => vec!["step", "percent", "times"],
            Kind::SkewClock => vec!["by", "role"],
            Kind::HogConnections => vec!["connections", "role"],
            Kind::Kill | Kind::Suspend | Kind::Restart => vec!["target"],
            Kind::LockTable => vec!["table"],
            Kind::Provider => vec!["mode", "on", "percent", "times"],
            Kind::Plant => vec!["what"],
            _ => OF_A_POINT.to_vec(),
        };
        let place = |given: Option<Location>| given;
        let given = [
            ("point", place(fault.point.as_ref().map(|given| given.referenced))),
            ("step", fault.step.as_ref().map(|given| given.referenced)),
            ("saga", fault.saga.as_ref().map(|given| given.referenced)),
            ("role", fault.role.as_ref().map(|given| given.referenced)),
            ("target", fault.target.as_ref().map(|given| given.referenced)),
            ("percent", fault.percent.as_ref().map(|given| given.referenced)),
            ("each", fault.each.as_ref().map(|given| given.referenced)),
            ("times", fault.times.as_ref().map(|given| given.referenced)),
            ("copies", fault.copies.as_ref().map(|given| given.referenced)),
            ("pause", fault.pause.map(|_| fault.inject.referenced)),
            ("by", fault.by.as_ref().map(|given| given.referenced)),
            ("connections", fault.connections.as_ref().map(|given| given.referenced)),
            ("table", fault.table.as_ref().map(|given| given.referenced)),
            ("mode", fault.mode.as_ref().map(|given| given.referenced)),
            ("on", fault.on.as_ref().map(|given| given.referenced)),
            ("what", fault.what.as_ref().map(|given| given.referenced)),
        ];
        let strange =
            given.into_iter().find_map(|(field, place)| Some((field, place?)).filter(|_| !fits.contains(&field)));
        strange.map_or(Ok(()), |(field, place)| {
            let name = written(fault.inject.value);
            let message = format!("means nothing to `{name}`, which takes {}", fits.join(", "));
            Err(self.wrong(place, &format!("faults[{}].{field}", number - 1), message))
        })
    }

    fn expect(&self, expect: file::Expect) -> Result<Expect, Wrong> {
        let (at_least, refused_with) = (expect.at_least, expect.refused_with);
        if let Some(at_least) = &at_least
            && let Some(counter) = at_least.value.keys().find(|counter| !COUNTERS.contains(&counter.as_str()))
        {
            let message = format!("nobody counts `{counter}`; there are {}", COUNTERS.join(", "));
            return Err(self.wrong(at_least.referenced, "expect.at-least", message));
        }
        let is_known = |slug: &String| usher_core::problem::Kind::ALL.iter().any(|kind| kind.slug() == slug);
        if let Some(refused_with) = &refused_with
            && let Some(slug) = refused_with.value.iter().find(|slug| !is_known(slug))
        {
            let message = format!("there is no problem `{slug}`; see docs/problems");
            return Err(self.wrong(refused_with.referenced, "expect.refused-with", message));
        }
        Ok(Expect {
            sold: expect.sold,
            p99_within: expect.p99_within,
            recovered_within: expect.recovered_within,
            detected_within: expect.detected_within,
            at_least: at_least.map(|at_least| at_least.value).unwrap_or_default(),
            refused_with: refused_with.map(|refused_with| refused_with.value).unwrap_or_default(),
        })
    }
}

/// Where something can happen.
const fn points(act: &Act) -> &'static [Point] {
    match act {
        Act::Crash | Act::Abort => &[
            Point::Start,
            Point::Receive,
            Point::BeforeEffect,
            Point::AfterEffect,
            Point::BeforeToken,
            Point::BeforeAck,
        ],
        Act::Pause { .. } => &[
            Point::Poll,
            Point::Receive,
            Point::BeforeEffect,
            Point::AfterEffect,
            Point::BeforeToken,
            Point::BeforeAck,
        ],
        Act::FailTransient | Act::FailUnknown => &[Point::BeforeEffect, Point::AfterEffect],
        Act::Lose | Act::Duplicate { .. } | Act::Poison => &[Point::Receive],
        Act::Reorder => &[Point::Poll],
        Act::Throttle => &[Point::Poll, Point::Start],
    }
}

const fn written(kind: Kind) -> &'static str {
    match kind {
        Kind::Crash => "crash",
        Kind::Abort => "abort",
        Kind::Pause => "pause",
        Kind::FailTransient => "fail-transient",
        Kind::FailUnknown => "fail-unknown",
        Kind::Lose => "lose",
        Kind::Duplicate => "duplicate",
        Kind::Reorder => "reorder",
        Kind::Poison => "poison",
        Kind::Throttle => "throttle",
        Kind::SkewClock => "skew-clock",
        Kind::HogConnections => "hog-connections",
        Kind::Kill => "kill",
        Kind::Suspend => "suspend",
        Kind::Restart => "restart",
        Kind::LockTable => "lock-table",
        Kind::Provider => "provider",
        Kind::Plant => "plant",
    }
}

fn skew(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let milliseconds = humantime::parse_duration(text).ok()?.as_millis();
    Some(sign * i64::try_from(milliseconds).ok()?)
}

#[cfg(test)]
mod tests;

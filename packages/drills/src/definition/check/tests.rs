use std::time::Duration;

use super::*;

const SOUND: &str = "
name: sound
title: A sound drill
hypothesis: Whatever happens, it reads.
learn: Something.
load: { buyers: 10, over: 2s, hall: 20, seats-each: 2 }
faults:
  - at: 1s
    for: 500ms
    inject: crash
    point: before-token
    step: charge-payment
    percent: 50
  - inject: provider
    mode: hang
    on: [charge]
expect:
  sold: 20
  at-least: { redeliveries: 1 }
";

fn read(text: &str) -> Result<Drill, Wrong> {
    Drill::read("drills/sound.yaml", text)
}

fn wrong(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from}");
    read(&SOUND.replace(from, to)).unwrap_err().to_string()
}

#[test]
fn a_drill_is_read_with_its_faults_in_the_order_of_time() {
    let drill = read(SOUND).unwrap();
    assert_eq!(drill.load.over, Duration::from_secs(2));
    assert_eq!(drill.load.pay, [("pm_ok".to_owned(), 1)]);
    let faults: Vec<_> = drill.faults.iter().map(|fault| (fault.id.as_str(), fault.at.as_millis())).collect();
    assert_eq!(faults, [("2-provider", 0), ("1-crash", 1000)]);
    assert_eq!(drill.faults[0].action, Action::Provider(json!({ "mode": "hang", "on": ["charge"] })));
    let Action::Order(order) = &drill.faults[1].action else { panic!("{drill:?}") };
    assert_eq!(order.step.as_deref(), Some("charge-payment"));
    assert_eq!((order.percent, &order.what), (50, &What::At { point: Point::BeforeToken, act: Act::Crash }));
    assert!(!drill.needs_hands());
    let killing =
        SOUND.replace("inject: provider\n    mode: hang\n    on: [charge]", "inject: kill\n    target: worker");
    assert!(read(&killing).unwrap().needs_hands());
}

#[test]
fn what_is_wrong_is_told_with_file_line_and_field() {
    for (from, to, expected) in [
        ("name: sound", "name: other", "drills/sound.yaml:2:7: `name`: must be `sound`, as the file is called"),
        ("title:", "titel:", "drills/sound.yaml:3:1: unknown field `titel`"),
        ("inject: crash", "inject: crush", "drills/sound.yaml:10:13: unknown variant `crush`"),
        ("at: 1s", "at: soon", "drills/sound.yaml:8:9: `soon` is no duration such as 500ms"),
        (
            "step: charge-payment",
            "step: make-coffee",
            "drills/sound.yaml:12:11: `faults[0].step`: there is no `make-coffee`; there are reserve-seats",
        ),
        (
            "point: before-token",
            "point: poll",
            "drills/sound.yaml:11:12: `faults[0].point`: `poll` is no place for `crash`",
        ),
        ("    point: before-token\n", "", "`faults[0].point`: `crash` needs it"),
        ("percent: 50", "percent: 150", "drills/sound.yaml:13:14: `faults[0].percent`: is a percentage"),
        (
            "percent: 50",
            "copies: 2",
            "drills/sound.yaml:13:13: `faults[0].copies`: means nothing to `crash`, which takes point",
        ),
        (
            "hall: 20",
            "hall: 19",
            "drills/sound.yaml:6:7: `load.hall`: with `pick: own` everybody has their own seats: at least 20",
        ),
        ("redeliveries: 1", "coffees: 1", "`expect.at-least`: nobody counts `coffees`"),
        ("    mode: hang\n", "", "`faults[1].mode`: `provider` needs it"),
    ] {
        let found = wrong(from, to);
        assert!(found.contains(expected), "{from} -> {to}: {found}");
    }
}

#[test]
fn a_clock_goes_ahead_and_behind() {
    assert_eq!(skew("90s"), Some(90_000));
    assert_eq!(skew("-2m"), Some(-120_000));
    assert_eq!(skew("yesterday"), None);
}

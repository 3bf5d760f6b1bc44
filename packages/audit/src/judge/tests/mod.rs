//! The audit's own proof: worlds that are in order are clean, and a world with one thing wrong is not, by the right name.

pub(in crate::judge) mod made_up;
mod mutations;
mod worlds;

use proptest::prelude::*;
use time::Duration;
use usher_workflows::orchestrator::Status;

use self::{mutations::MUTATIONS, worlds::World};
use super::judge;
use crate::facts::{Run, SagaFacts};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_world_in_order_is_clean(world in worlds::any()) {
        prop_assert_eq!(judge(&world.facts()), vec![]);
    }

    #[test]
    fn any_single_break_is_found_by_its_name(world in worlds::any(), pick in any::<usize>()) {
        for (name, invariant, mutate) in MUTATIONS {
            let mut broken = world.clone();
            let booking = mutate(&mut broken, pick);
            let findings = judge(&broken.facts());
            let is_found = findings.iter().any(|finding| finding.invariant == *invariant && finding.booking == booking);
            prop_assert!(is_found, "{}: no {} of {:?} among {:#?}", name, invariant, booking, findings);
        }
    }
}

#[test]
fn every_invariant_has_a_mutation() {
    for invariant in crate::Invariant::ALL {
        assert!(MUTATIONS.iter().any(|(_, found, _)| found == invariant), "{invariant}");
    }
}

#[test]
fn what_a_saga_is_still_at_work_on_is_in_flight_until_it_is_overdue() {
    let mut world = World::default();
    let case = world.add(worlds::confirmed_but_not_recognised);
    let started_at = worlds::now() - Duration::seconds(5);
    case.sagas = SagaFacts::Runs(vec![Run { saga: "booking".to_owned(), status: Status::Running, started_at }]);
    assert_eq!(judge(&world.facts()), []);
    let mut facts = world.facts();
    facts.moment.overdue = Duration::seconds(4);
    assert!(judge(&facts).iter().any(|finding| finding.invariant == crate::Invariant::RevenueIsTotal));
}

#[test]
fn books_that_moved_are_not_compared_in_total() {
    let mut world = World::default();
    world.add(worlds::confirmed);
    let mut facts = world.facts();
    facts.whole.accounts.as_mut().unwrap().ledger.clear();
    assert_eq!(judge(&facts).len(), 3, "the provider's account and revenue, by the rows and by the bookings");
    facts.whole.accounts = None;
    assert_eq!(judge(&facts), []);
}

//! What operators do to sagas: [`perform`] does it, [`act`] is what is asked and answered, [`acts`] what was done.

pub(crate) mod act;
pub(crate) mod acts;
pub(crate) mod perform;

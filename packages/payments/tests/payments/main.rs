//! The context against a real database and the simulator behind real HTTP. One binary, one file a subject; each is
//! marked as a test, so that helpers may unwrap.

#[cfg(test)]
mod attempts;
#[cfg(test)]
mod capturing;
#[cfg(test)]
mod charging;
#[cfg(test)]
mod database;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod parallel;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reconciling;
#[cfg(test)]
mod refunding;
#[cfg(test)]
mod resolving;
#[cfg(test)]
mod simulator;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod states;
#[cfg(test)]
mod stripe;
#[cfg(test)]
mod undoing;
#[cfg(test)]
mod webhooks;

//! What is in the queues, and what died there.

use usher_messaging::{
    error::MessagingError,
    queue::{DeadLetter, TaskQueue},
};

use crate::facts::QueueFacts;

/// The most dead letters of one queue that become findings of their own; the others are counted.
const MOST: usize = 1000;

/// How many dead letters are read at a time.
const PAGE: i64 = 200;

/// Counts the queues and lists their dead letters.
pub(crate) async fn read(queue: &dyn TaskQueue, names: &[String]) -> Result<Vec<QueueFacts>, MessagingError> {
    let mut queues = Vec::with_capacity(names.len());
    for name in names {
        let depth = queue.depth(name).await?;
        let dead = if depth.dead > 0 { dead_letters(queue, name).await? } else { Vec::new() };
        queues.push(QueueFacts { name: name.clone(), depth, dead });
    }
    Ok(queues)
}

async fn dead_letters(queue: &dyn TaskQueue, name: &str) -> Result<Vec<DeadLetter>, MessagingError> {
    let mut letters: Vec<DeadLetter> = Vec::new();
    while letters.len() < MOST {
        let cursor = letters.last().map(|letter| letter.id.clone());
        let page = queue.dead_letters(name, cursor.as_deref(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        letters.extend(page);
    }
    Ok(letters)
}

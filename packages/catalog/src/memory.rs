//! What a process remembers of what it has read, for a few minutes.
//!
//! Callers that ask for the same thing at once wait for one query. An absence is not remembered: what is added shows at
//! once, and a stranger who asks for a thousand things that do not exist pushes nothing out, because what is asked for
//! often is kept first.

use std::{fmt, hash::Hash, sync::Arc, time::Duration};

use moka::sync::Cache;
use tokio::sync::OnceCell;
use usher_database::Failure;

/// A bounded memory from `K` to `V`; `V` should be cheap to clone. Clones share it.
pub(crate) struct Memory<K, V>(Cache<K, Arc<OnceCell<V>>>);

impl<K, V> Clone for Memory<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> fmt::Debug for Memory<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Memory<K, V> {
    pub(crate) fn new(most: u64, life: Duration) -> Self {
        Self(Cache::builder().max_capacity(most).time_to_live(life).build())
    }

    /// What is remembered, or else what `read` gives. A failure is not remembered.
    pub(crate) async fn get<F>(&self, key: K, read: impl FnOnce() -> F) -> Result<V, Failure>
    where
        F: Future<Output = Result<V, Failure>>,
    {
        let cell = self.0.get_with(key, Arc::default);
        // On the heap, and only when there is something to read: what finds its answer here must stay small.
        cell.get_or_try_init(|| Box::pin(read())).await.cloned()
    }

    /// The same for what may not exist.
    pub(crate) async fn find<F>(&self, key: K, read: impl FnOnce() -> F) -> Result<Option<V>, Failure>
    where
        F: Future<Output = Result<Option<V>, Failure>>,
    {
        let cell = self.0.get_with(key, Arc::default);
        let found = cell.get_or_try_init(|| {
            let read = read();
            Box::pin(async { read.await.map_err(Some)?.ok_or(None) })
        });
        match found.await {
            Ok(found) => Ok(Some(found.clone())),
            Err(None) => Ok(None),
            Err(Some(failure)) => Err(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Memory<u8, u8> {
        Memory::new(10, Duration::from_hours(1))
    }

    #[tokio::test]
    async fn what_was_read_is_not_read_again() {
        let memory = memory();
        assert_eq!(memory.get(1, || async { Ok(7) }).await.unwrap(), 7);
        assert_eq!(memory.clone().get(1, || async { Ok(8) }).await.unwrap(), 7);
        assert_eq!(memory.find(1, || async { Ok(Some(9)) }).await.unwrap(), Some(7));
        assert_eq!(memory.get(2, || async { Ok(8) }).await.unwrap(), 8);
    }

    #[tokio::test]
    async fn callers_at_once_share_one_reading() {
        let memory = memory();
        let (go, gate) = tokio::sync::oneshot::channel::<()>();
        let slow = memory.get(1, || async {
            gate.await.ok();
            Ok(7)
        });
        let late = async {
            let second = memory.get(1, || async { Ok(8) });
            go.send(()).ok();
            second.await
        };
        let (first, second) = tokio::join!(slow, late);
        assert_eq!((first.unwrap(), second.unwrap()), (7, 7));
    }

    #[tokio::test]
    async fn neither_absence_nor_failure_is_remembered() {
        let memory = memory();
        assert_eq!(memory.find(1, || async { Ok(None) }).await.unwrap(), None);
        assert!(memory.find(1, || async { Err(Failure::ShuttingDown) }).await.is_err());
        assert_eq!(memory.find(1, || async { Ok(Some(7)) }).await.unwrap(), Some(7));
    }
}

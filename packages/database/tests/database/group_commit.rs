//! Many callers, one transaction; and what one of them can do to the others.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use futures::{future::BoxFuture, future::join_all, poll};
use sqlx::{PgConnection, PgPool};
use tokio::{
    sync::{
        Semaphore,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::unconstrained,
};
use usher_database::{
    Failure, GroupCommit,
    failure::overtaken,
    group_commit::Apply,
    pool::{self, PoolSettings},
};
use usher_postgres::testing::TestDatabase;

use crate::support::{count, database, in_time, process};

#[derive(Debug, Clone, Copy)]
enum Command {
    /// Refused by the table when negative, or when it is there already.
    Write(i64),
    /// Ends the connection under the batch.
    Die,
    /// Is overtaken whenever it is tried.
    Cursed,
}

/// Writes numbers, each with the transaction that wrote it, and answers twice the number.
struct Numbers {
    /// Tells the size of each batch before it is written.
    entered: UnboundedSender<usize>,
    /// Each batch takes one permit before it is written.
    gate: Arc<Semaphore>,
    /// How many batches are overtaken after they were written.
    overtaken: AtomicU32,
}

/// The other side of [`Numbers`].
struct Watch {
    entered: UnboundedReceiver<usize>,
    gate: Arc<Semaphore>,
}

impl Watch {
    async fn next_size(&mut self) -> usize {
        in_time(self.entered.recv()).await.unwrap()
    }

    fn sizes_so_far(&mut self) -> Vec<usize> {
        std::iter::from_fn(|| self.entered.try_recv().ok()).collect()
    }

    fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }
}

fn numbers(overtaken: u32) -> (Numbers, Watch) {
    let (sender, entered) = unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let numbers = Numbers { entered: sender, gate: Arc::clone(&gate), overtaken: AtomicU32::new(overtaken) };
    (numbers, Watch { entered, gate })
}

impl Apply<Command, i64> for Numbers {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Command],
    ) -> BoxFuture<'a, Result<Vec<i64>, sqlx::Error>> {
        Box::pin(async move {
            self.entered.send(commands.len()).unwrap();
            self.gate.acquire().await.unwrap().forget();
            let written: Vec<i64> = commands.iter().filter_map(|command| number(*command)).collect();
            sqlx::query("INSERT INTO numbers SELECT *, pg_current_xact_id()::text FROM unnest($1::bigint[])")
                .bind(&written)
                .execute(&mut *connection)
                .await?;
            if commands.iter().any(|command| matches!(command, Command::Die)) {
                sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())").execute(&mut *connection).await?;
            }
            let cursed = commands.iter().any(|command| matches!(command, Command::Cursed));
            let once_more = self.overtaken.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if cursed || once_more.is_ok() {
                return Err(overtaken());
            }
            Ok(commands.iter().map(|command| number(*command).unwrap_or_default() * 2).collect())
        })
    }

    fn committed(&self, outcomes: &mut [i64]) {
        for outcome in outcomes {
            *outcome += 1;
        }
    }
}

fn number(command: Command) -> Option<i64> {
    if let Command::Write(number) = command { Some(number) } else { None }
}

struct Stage {
    database: TestDatabase,
    group: GroupCommit<Command, i64>,
    watch: Watch,
}

impl Stage {
    async fn new(overtaken: u32) -> Self {
        let database = database().await;
        let table = "CREATE TABLE numbers (number bigint PRIMARY KEY CHECK (number >= 0), transaction text NOT NULL)";
        sqlx::query(table).execute(database.pool()).await.unwrap();
        let (numbers, watch) = numbers(overtaken);
        let group = GroupCommit::spawn(process(&database), "numbers", numbers);
        Self { database, group, watch }
    }

    /// Puts all commands into one batch: they arrive while the lane is busy with number 0.
    async fn in_one_batch(&mut self, commands: &[Command]) -> Vec<Result<i64, Failure>> {
        let mut first = Box::pin(self.group.submit(Command::Write(0)));
        assert!(poll!(&mut first).is_pending());
        assert_eq!(self.watch.next_size().await, 1);
        let mut waiting: Vec<_> =
            commands.iter().map(|command| Box::pin(unconstrained(self.group.submit(*command)))).collect();
        for caller in &mut waiting {
            assert!(poll!(caller).is_pending());
        }
        self.watch.open();
        assert_eq!(in_time(first).await.unwrap(), 1);
        in_time(join_all(waiting)).await
    }

    async fn written(&self) -> Vec<i64> {
        sqlx::query_scalar("SELECT number FROM numbers ORDER BY number").fetch_all(self.database.pool()).await.unwrap()
    }
}

fn writes(numbers: impl IntoIterator<Item = i64>) -> Vec<Command> {
    numbers.into_iter().map(Command::Write).collect()
}

#[tokio::test]
async fn callers_that_wait_share_a_transaction_and_get_their_own_answers() {
    let mut stage = Stage::new(0).await;
    let outcomes = stage.in_one_batch(&writes((1..=600).rev())).await;
    let outcomes: Vec<i64> = outcomes.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes, (1..=600).rev().map(|number| number * 2 + 1).collect::<Vec<_>>());
    assert_eq!(stage.watch.sizes_so_far(), [256, 256, 88]);
    let transactions = count(stage.database.pool(), "SELECT count(DISTINCT transaction) FROM numbers").await;
    assert_eq!(transactions, 4, "one for the first, three for the others");
}

#[tokio::test]
async fn a_single_caller_waits_for_nobody() {
    let mut stage = Stage::new(0).await;
    stage.watch.open();
    for number in 0..3 {
        assert_eq!(in_time(stage.group.submit(Command::Write(number))).await.unwrap(), number * 2 + 1);
    }
    assert_eq!(stage.watch.sizes_so_far(), [1, 1, 1]);
}

#[tokio::test]
async fn a_row_that_the_database_refuses_fails_only_its_caller() {
    let mut stage = Stage::new(0).await;
    let outcomes = stage.in_one_batch(&writes([1, -1, 2, 0, 3])).await;
    let refused: Vec<bool> = outcomes.iter().map(|outcome| matches!(outcome, Err(Failure::Refused(_)))).collect();
    assert_eq!(refused, [false, true, false, true, false], "{outcomes:?}");
    assert_eq!(outcomes[4].as_ref().unwrap(), &7);
    assert_eq!(stage.written().await, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_dead_connection_is_unavailable_for_all_and_the_next_batch_goes_through() {
    let mut stage = Stage::new(0).await;
    let outcomes = stage.in_one_batch(&[Command::Write(1), Command::Die, Command::Write(2)]).await;
    for outcome in &outcomes {
        assert!(matches!(outcome, Err(Failure::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(stage.written().await, [0], "nothing of the batch is durable");
    assert_eq!(in_time(stage.group.submit(Command::Write(4))).await.unwrap(), 9);
}

#[tokio::test]
async fn a_database_that_is_away_is_unavailable() {
    let nowhere = PoolSettings { connections: 1, patience: std::time::Duration::from_millis(50) };
    let away = pool::open("postgres://nobody@127.0.0.1:1/nothing", nowhere).unwrap();
    let (numbers, _watch) = numbers(0);
    let group = GroupCommit::spawn(away, "numbers", numbers);
    let failure = in_time(group.submit(Command::Write(1))).await.unwrap_err();
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert!(failure.is_transient());
}

#[tokio::test]
async fn a_batch_that_was_overtaken_is_undone_and_tried_again() {
    let mut stage = Stage::new(3).await;
    stage.watch.open();
    assert_eq!(in_time(stage.group.submit(Command::Write(7))).await.unwrap(), 15);
    assert_eq!(stage.watch.sizes_so_far().len(), 4);
    assert_eq!(stage.written().await, [7]);
}

#[tokio::test]
async fn a_command_that_is_overtaken_for_ever_can_be_tried_again_later_and_holds_up_nobody() {
    let mut stage = Stage::new(0).await;
    let outcomes = stage.in_one_batch(&[Command::Write(1), Command::Cursed, Command::Write(2)]).await;
    assert_eq!(*outcomes[0].as_ref().unwrap(), 3);
    assert_eq!(*outcomes[2].as_ref().unwrap(), 5);
    let failure = outcomes[1].as_ref().unwrap_err();
    assert!(failure.is_transient(), "nothing is wrong with the statement: {failure:?}");
}

#[tokio::test]
async fn a_caller_that_goes_away_changes_nothing() {
    let mut stage = Stage::new(0).await;
    let mut impatient = Box::pin(stage.group.submit(Command::Write(1)));
    assert!(poll!(&mut impatient).is_pending());
    assert_eq!(stage.watch.next_size().await, 1);
    drop(impatient);
    stage.watch.open();
    assert_eq!(in_time(stage.group.submit(Command::Write(2))).await.unwrap(), 5);
    assert_eq!(stage.written().await, [1, 2]);
}

#[tokio::test]
async fn the_lane_ends_with_the_last_sender() {
    let stage = Stage::new(0).await;
    let Stage { group, mut watch, .. } = stage;
    let clone = group.clone();
    drop(group);
    watch.open();
    assert_eq!(in_time(clone.submit(Command::Write(1))).await.unwrap(), 3);
    assert_eq!(watch.next_size().await, 1);
    drop(clone);
    assert_eq!(in_time(watch.entered.recv()).await, None, "what writes is dropped when the lane has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_over_two_processes_loses_nothing() {
    let stage = Stage::new(0).await;
    let (numbers, watch) = numbers(5);
    let other: PgPool = process(&stage.database);
    let other = GroupCommit::spawn(other, "numbers", numbers);
    stage.watch.open();
    watch.open();
    let callers = (0..2000_i64).map(|number| {
        let group = if number % 2 == 0 { stage.group.clone() } else { other.clone() };
        tokio::spawn(async move { (number, group.submit(Command::Write(number)).await) })
    });
    for caller in in_time(join_all(callers)).await {
        let (number, outcome) = caller.unwrap();
        assert_eq!(outcome.unwrap(), number * 2 + 1);
    }
    assert_eq!(stage.written().await, (0..2000).collect::<Vec<_>>());
    let transactions = count(stage.database.pool(), "SELECT count(DISTINCT transaction) FROM numbers").await;
    assert!(transactions < 1000, "2000 callers shared {transactions} transactions");
}

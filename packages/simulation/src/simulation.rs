//! Who does what when: takes what is next from the agenda and has it happen, until nothing is left to happen.

use std::collections::BTreeMap;

use time::Duration;
use usher_asl::{Event, StateMachine};
use usher_workflows::orchestrator::OrchestratorError;

use crate::{
    case::{Case, Intervention, Prepared},
    checks,
    clockwork::Clockwork,
    command::{self, Command},
    database::Database,
    engine::Engine,
    fault::{Kind, Occasion, Plan},
    log::Log,
    planted::Bug,
    provider::Provider,
    script::Script,
    worker::Work,
};

/// Far more than any case needs: a case that goes on for longer does not end.
const MOST_HAPPENINGS: u32 = 200_000;

/// The name under which every execution is started.
pub(crate) const NAME: &str = "run";

/// How long a client waits before it asks again, as the relay does.
const CLIENT_PATIENCE: Duration = Duration::seconds(5);

/// What can be on the agenda.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    /// A client asks for an execution, unless it has its answer.
    Start { run: usize },
    /// A person stops an execution, or sends it on.
    Intervene { run: usize, redrives: bool },
    /// A command arrives at an engine.
    Arrive { engine: usize, call: Call },
    /// An engine's answer arrives.
    Answered { caller: Caller, result: Result<(), OrchestratorError> },
    /// A batch reaches the database.
    Commit { engine: usize, life: u32 },
    /// An engine looks for timers.
    Look { engine: usize },
    /// A process begins its next life.
    Rise { engine: usize },
    /// Somebody looks for a message.
    Poll { message: u64 },
    /// A worker goes on.
    Work { work: u64 },
}

/// A command under way.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub command: Command,
    pub caller: Caller,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Client(usize),
    Work(u64),
    Nobody,
}

/// A world.
#[derive(Debug)]
pub struct Simulation {
    pub(crate) clock: Clockwork,
    pub(crate) plan: Plan,
    pub(crate) machines: BTreeMap<String, StateMachine>,
    pub(crate) scripts: BTreeMap<String, Script>,
    pub(crate) runs: Vec<Prepared>,
    pub(crate) started: Vec<bool>,
    interventions: Vec<Intervention>,
    pub(crate) database: Database,
    pub(crate) engines: Vec<Engine>,
    pub(crate) works: BTreeMap<u64, Work>,
    pub(crate) worked: u64,
    pub(crate) provider: Provider,
    /// The tokens whose answer some engine took, as workers were told.
    pub(crate) accepted: Vec<String>,
    pub(crate) planted: Option<Bug>,
    violations: Vec<String>,
    log: Log,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What happened, line by line.
    pub log: String,
    /// What must not have happened, one sentence each.
    pub violations: Vec<String>,
    /// How many executions there were.
    pub executions: usize,
    /// How many of them came out exactly as they do where nothing goes wrong and nothing races.
    pub same_as_alone: usize,
}

impl Simulation {
    /// A world in which this case is about to happen.
    pub fn new(case: &Case) -> Self {
        let runs: Vec<Prepared> = case.runs.iter().enumerate().map(|(number, run)| run.prepare(number)).collect();
        let mut violations = Vec::new();
        let mut machines = BTreeMap::new();
        for run in &runs {
            match StateMachine::parse(&run.definition) {
                Ok(machine) => drop(machines.insert(run.saga.clone(), machine)),
                Err(problems) => violations.push(format!("{} is not valid: {problems:?}", run.saga)),
            }
        }
        let scripts = runs.iter().map(|run| (command::id(&run.saga, NAME), run.script.clone())).collect();
        Self {
            clock: Clockwork::new(case.dice),
            plan: Plan::new(&case.faults),
            machines,
            scripts,
            started: vec![false; runs.len()],
            runs,
            interventions: case.interventions.clone(),
            database: Database::default(),
            engines: case.clocks.iter().map(|ahead| Engine::new(Duration::milliseconds((*ahead).into()))).collect(),
            works: BTreeMap::new(),
            worked: 0,
            provider: Provider::default(),
            accepted: Vec::new(),
            planted: None,
            violations,
            log: Log::default(),
        }
    }

    /// The same with a bug in it.
    #[must_use]
    pub fn with(mut self, bug: Bug) -> Self {
        self.planted = Some(bug);
        self
    }

    /// Lets everything happen, and looks whether it should have.
    pub fn run(mut self) -> Report {
        for run in 0..self.runs.len() {
            self.clock.within(1_000, Happening::Start { run });
        }
        for Intervention { after, run, redrives } in std::mem::take(&mut self.interventions) {
            let run = usize::from(run) % self.runs.len();
            self.clock.after(Duration::seconds(after.into()), Happening::Intervene { run, redrives });
        }
        let mut left = MOST_HAPPENINGS;
        while let Some(happening) = self.clock.next() {
            self.happen(happening);
            left -= 1;
            if left == 0 {
                self.violated("there is no end to what happens".to_owned());
                break;
            }
        }
        let same_as_alone = checks::all(&mut self);
        let Self { log, violations, runs, .. } = self;
        Report { log: log.into_text(), violations, executions: runs.len(), same_as_alone }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Start { run } => self.start(run),
            Happening::Intervene { run, redrives } => self.intervene(run, redrives),
            Happening::Arrive { engine, call } => {
                if self.engines[engine].is_up {
                    self.engines[engine].backlog.push_back(call);
                    self.begin_batch(engine);
                }
            }
            Happening::Answered { caller: Caller::Client(run), result } => self.started[run] |= result.is_ok(),
            Happening::Answered { caller: Caller::Work(work), result } => self.heard(work, &result),
            Happening::Answered { caller: Caller::Nobody, .. } => {}
            Happening::Commit { engine, life } => self.commit(engine, life),
            Happening::Look { engine } => self.look(engine),
            Happening::Rise { engine } => {
                self.engines[engine].is_up = true;
                self.say(&format!("engine {engine}: rises"));
                self.look_for_all(engine);
            }
            Happening::Poll { message } => self.poll(message),
            Happening::Work { work } => self.go_on(work),
        }
    }

    fn start(&mut self, run: usize) {
        if self.started[run] {
            return;
        }
        let Prepared { saga, input, .. } = &self.runs[run];
        let command = Command::Start { saga: saga.clone(), name: NAME.to_owned(), input: input.clone() };
        self.call(Call { command, caller: Caller::Client(run) });
        self.clock.after(CLIENT_PATIENCE, Happening::Start { run });
    }

    fn intervene(&mut self, run: usize, redrives: bool) {
        let (what, event) = if redrives {
            ("redrives", Event::Redrive)
        } else {
            ("stops", Event::Stop { error: Some("Stopped".to_owned()), cause: None })
        };
        let execution = command::id(&self.runs[run].saga, NAME);
        self.say(&format!("operator: {what} {execution}"));
        self.call(Call { command: Command::Tell { execution, event }, caller: Caller::Nobody });
    }

    /// Sends a command to some engine.
    pub(crate) fn call(&mut self, call: Call) {
        let engine = self.clock.below(self.engines.len());
        self.send(Happening::Arrive { engine, call });
    }

    /// Sends an answer back.
    pub(crate) fn reply(&mut self, caller: Caller, result: Result<(), OrchestratorError>) {
        if caller != Caller::Nobody {
            self.send(Happening::Answered { caller, result });
        }
    }

    fn send(&mut self, arrival: Happening) {
        let fault = self.plan.strike(Occasion::Wire);
        if let Some(fault) = fault {
            self.say(&format!("wire: {fault:?}"));
        }
        match fault {
            Some(Kind::Lost) => return,
            Some(Kind::Doubled) => self.clock.within(2_000, arrival.clone()),
            Some(Kind::Late { seconds }) => return self.clock.after(Duration::seconds(seconds.into()), arrival),
            _ => {}
        }
        self.clock.within(10, arrival);
    }

    /// Writes a line of the log.
    pub(crate) fn say(&mut self, text: &str) {
        self.log.line(self.clock.now(), text);
    }

    /// Something happened that must not.
    pub(crate) fn violated(&mut self, what: String) {
        self.say(&format!("VIOLATION: {what}"));
        self.violations.push(what);
    }
}

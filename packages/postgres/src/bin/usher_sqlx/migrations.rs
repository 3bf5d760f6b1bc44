//! All migrations of the checkout, found by their place: `<schema>/migrations/NNNN_subject.sql` somewhere below
//! `packages` or `orchestrator`. A schema is named like its folder (exceptions are listed in [`RENAMED`]) and exists before
//! its first migration; no migration touches another schema, so the order of the schemas does not matter.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, PgConnection};

use crate::{Outcome, workspace::Workspace};

/// The migrations of one schema, in order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Schema {
    name: String,
    files: Vec<PathBuf>,
}

/// Applies everything to an empty database.
pub async fn apply(workspace: &Workspace, connection: &mut PgConnection) -> Outcome<()> {
    for schema in find(workspace.root())? {
        execute(connection, format!("create schema if not exists {}", schema.name)).await?;
        for file in &schema.files {
            let text = fs::read_to_string(file)?;
            execute(connection, text).await.map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}

async fn execute(connection: &mut PgConnection, text: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await.map(|_| ())
}

/// Folders whose schema has another name.
const RENAMED: [(&str, &str); 1] = [("database", "usher")];

/// The schemas by name, and their files by number.
pub fn find(root: &Path) -> Outcome<Vec<Schema>> {
    let mut schemas = Vec::new();
    for top in ["orchestrator", "packages"] {
        collect(&root.join(top), &mut schemas)?;
    }
    schemas.sort();
    Ok(schemas)
}

fn collect(folder: &Path, schemas: &mut Vec<Schema>) -> Outcome<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if entry.file_name() == "migrations" {
                schemas.push(read(folder)?);
            } else {
                collect(&entry.path(), schemas)?;
            }
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Outcome<Schema> {
    let entries = fs::read_dir(folder.join("migrations"))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    check_names(&name, &files)?;
    let renamed = RENAMED.iter().find(|(folder, _)| *folder == name).map(|(_, schema)| (*schema).to_owned());
    Ok(Schema { name: renamed.unwrap_or(name), files })
}

/// `NNNN_subject.sql`, and no number twice: two branches that both took the next one must notice.
fn check_names(schema: &str, files: &[PathBuf]) -> Outcome<()> {
    let mut last = None;
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = name.split_once('_').map(|(number, _)| number.to_owned());
        let number = number.filter(|number| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.ok_or_else(|| format!("{schema}: {name} is not called NNNN_subject.sql"))?;
        if last.as_ref() == Some(&number) {
            return Err(format!("{schema}: two migrations have the number {number}").into());
        }
        last = Some(number);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Schema, find};

    #[test]
    fn schemas_are_found_by_place_and_files_ordered_by_number() {
        let root = tempfile::tempdir().unwrap();
        let touch = |path: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        let second = touch("packages/seating/migrations/0002_holds.sql");
        let first = touch("packages/seating/migrations/0001_seats.sql");
        let engine = touch("orchestrator/migrations/0001_executions.sql");
        let common = touch("packages/database/migrations/0001_outbox.sql");
        let inner = touch("packages/payments/src/simulator/migrations/0001_charges.sql");
        touch("packages/seating/migrations/README.md");
        touch("packages/core/src/lib.rs");
        let expected = [
            Schema { name: "orchestrator".to_owned(), files: vec![engine] },
            Schema { name: "seating".to_owned(), files: vec![first, second] },
            Schema { name: "simulator".to_owned(), files: vec![inner] },
            Schema { name: "usher".to_owned(), files: vec![common] },
        ];
        assert_eq!(find(root.path()).unwrap(), expected);

        touch("packages/seating/migrations/0002_again.sql");
        assert!(find(root.path()).unwrap_err().to_string().contains("two migrations have the number 0002"));
        fs::remove_file(root.path().join("packages/seating/migrations/0002_again.sql")).unwrap();
        touch("packages/seating/migrations/3_short.sql");
        assert!(find(root.path()).unwrap_err().to_string().contains("3_short.sql is not called"));
    }
}

//! The permission to make a product fail on purpose.
//!
//! It is a row in the database and not a setting, so that no variable that was copied from a laptop can give it to a database that
//! real people use.

use sqlx::PgPool;
use usher_database::Failure;

/// Whether this database may be drilled.
pub async fn is_given(pool: &PgPool) -> Result<bool, Failure> {
    Ok(sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM drills.mark) AS "given!""#).fetch_one(pool).await?)
}

/// Gives the permission. `by` is who.
pub async fn give(pool: &PgPool, by: &str) -> Result<(), Failure> {
    sqlx::query!("INSERT INTO drills.mark (marked_by) VALUES ($1) ON CONFLICT DO NOTHING", by).execute(pool).await?;
    Ok(())
}

/// Takes it back. A drill that is on ends with its lease, seconds later.
pub async fn take(pool: &PgPool) -> Result<(), Failure> {
    sqlx::query!("DELETE FROM drills.mark").execute(pool).await?;
    Ok(())
}

//! The demo accounts.

use secrecy::SecretString;
use usher_accounts::{Role, demo};

use crate::house::House;

#[tokio::test]
async fn the_demo_accounts_are_made_once_and_sign_in_with_their_roles() {
    let house = House::open().await;
    assert_eq!(house.accounts.ensure_demo().await.unwrap(), 5);
    sqlx::query("UPDATE accounts.users SET name = 'Renamed'").execute(house.database.pool()).await.unwrap();
    assert_eq!(house.accounts.ensure_demo().await.unwrap(), 0);
    for (mail, role) in [
        ("customer@usher.test", Role::Customer),
        ("viewer@usher.test", Role::Viewer),
        ("operator@usher.test", Role::Operator),
        ("approver@usher.test", Role::RefundApprover),
        ("admin@usher.test", Role::Admin),
    ] {
        let tokens = house.accounts.sign_in(mail, &SecretString::from(demo::PASSWORD)).await.unwrap().unwrap();
        let principal = house.verify(&tokens.access_token).await.unwrap();
        assert_eq!(principal.role, role);
        assert_eq!(
            house.accounts.user(principal.user).await.unwrap().unwrap().name,
            "Renamed",
            "nothing is overwritten"
        );
    }
}

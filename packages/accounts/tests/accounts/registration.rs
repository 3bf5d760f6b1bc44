//! Making accounts.

use secrecy::SecretString;
use usher_accounts::{RegisterRefused, Role, password::Weakness};
use usher_core::{ambient::Scripted, ids::UserId};

use crate::house::{House, MAIL, password};

#[tokio::test]
async fn an_account_is_found_again_and_belongs_to_a_customer() {
    let house = House::open().await;
    let ada = house.accounts.register(" Ada@Usher.TEST ", &password(), "  Ada Lovelace ").await.unwrap();
    assert_eq!((ada.mail.as_str(), ada.name.as_str(), ada.role), (MAIL, "Ada Lovelace", Role::Customer));
    assert_eq!(house.accounts.user(ada.id).await.unwrap(), Some(ada));
    let nobody = UserId::new(&Scripted::new(time::OffsetDateTime::UNIX_EPOCH, 9));
    assert_eq!(house.accounts.user(nobody).await.unwrap(), None);
}

#[tokio::test]
async fn one_mail_address_is_one_account_even_when_both_come_at_once() {
    let house = House::open().await;
    let password = password();
    let (first, second) = tokio::join!(
        house.accounts.register(MAIL, &password, "Ada"),
        house.accounts.register("ADA@usher.test", &password, "Also Ada"),
    );
    let refused = [&first, &second].into_iter().filter(|made| matches!(made, Err(RegisterRefused::MailTaken))).count();
    assert_eq!((refused, usize::from(first.is_ok()) + usize::from(second.is_ok())), (1, 1), "{first:?} {second:?}");
    assert!(matches!(house.accounts.register(MAIL, &password, "Ada").await, Err(RegisterRefused::MailTaken)));
}

#[tokio::test]
async fn what_cannot_become_an_account_is_refused_for_its_reason() {
    let house = House::open().await;
    let register = async |mail: &str, password: &str, name: &str| {
        house.accounts.register(mail, &SecretString::from(password), name).await.unwrap_err()
    };
    assert!(matches!(register("ada", "long enough", "Ada").await, RegisterRefused::InvalidMail(_)));
    assert!(matches!(register(MAIL, "short", "Ada").await, RegisterRefused::WeakPassword(Weakness::TooShort)));
    assert!(matches!(register(MAIL, MAIL, "Ada").await, RegisterRefused::WeakPassword(Weakness::IsTheMail)));
    for name in ["", "   ", "Ada\nLovelace", &"a".repeat(101)] {
        assert!(matches!(register(MAIL, "long enough", name).await, RegisterRefused::InvalidName), "{name:?}");
    }
    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM accounts.users").fetch_one(house.database.pool()).await.unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn neither_the_table_nor_debug_shows_the_password_or_the_person() {
    let house = House::open().await;
    let ada = house.ada().await;
    let stored: String =
        sqlx::query_scalar("SELECT password_hash FROM accounts.users").fetch_one(house.database.pool()).await.unwrap();
    assert!(stored.starts_with("$argon2id$") && !stored.contains("popcorn"));
    let shown = format!("{ada:?} {:?} {:?} {:?}", ada.mail, house.sign_in().await, house.accounts);
    for secret in ["ada@", "Lovelace", "popcorn", "eyJ"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

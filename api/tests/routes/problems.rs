//! The pages behind problems.

use usher_core::problem::Kind;

use crate::app::TestApp;

#[tokio::test]
async fn every_type_leads_to_its_page() {
    let app = TestApp::open().await;
    for kind in Kind::ALL {
        let answer = app.get(&format!("/problems/{}", kind.slug())).send().await;
        answer.expect(200);
        assert!(answer.text.starts_with(&format!("# {}", kind.title())), "{}", kind.slug());
    }
    app.get("/problems/nonsense").send().await.problem("not-found");
}

//! Looking for movies.

use usher_catalog::movie::Search;
use usher_core::{ambient::Scripted, ids::MovieId};

use crate::house::{House, NOW};

async fn titles(house: &House, search: Search) -> Vec<String> {
    house.catalog.movies(&search).await.unwrap().iter().map(|movie| movie.title.clone()).collect()
}

#[tokio::test]
async fn genre_and_words_narrow_the_list() {
    let house = House::open().await;
    let genre = |genre: &str| Search { genre: Some(genre.to_owned()), ..Default::default() };
    let text = |text: &str| Search { text: Some(text.to_owned()), ..Default::default() };
    assert_eq!(titles(&house, genre("crime")).await, ["The Last Honest Pickpocket", "The Parrot Testifies"]);
    assert_eq!(titles(&house, genre("opera")).await, [""; 0]);
    assert_eq!(titles(&house, text(" PARROT ")).await, ["The Parrot Testifies"], "in the title, in any case");
    assert_eq!(titles(&house, text("ferryman")).await, ["Every Tuesday the Sea"], "in the synopsis");
    assert_eq!(titles(&house, text("%")).await, [""; 0], "signs stand for themselves");
    assert_eq!(titles(&house, text("par\0rot")).await, [""; 0]);
    let both = Search { text: Some("the".to_owned()), ..genre("documentary") };
    assert_eq!(titles(&house, both).await, ["Moss"]);
    assert_eq!(titles(&house, text("  ")).await.len(), 12);
}

#[tokio::test]
async fn pages_put_together_are_the_whole_list() {
    let house = House::open().await;
    let whole = titles(&house, Search::default()).await;
    assert!(whole.len() == 12 && whole.is_sorted());
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = house.catalog.movies(&Search { after, limit: 5, ..Default::default() }).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        pages.extend(page.iter().map(|movie| movie.title.clone()));
    }
    assert_eq!(pages, whole);
}

#[tokio::test]
async fn every_movie_is_found_by_its_id_and_has_known_genres() {
    let house = House::open().await;
    let genres = house.catalog.genres().await.unwrap();
    for movie in house.catalog.movies(&Search::default()).await.unwrap().iter() {
        assert_eq!(house.catalog.movie(movie.id).await.unwrap().as_ref(), Some(movie));
        assert!(
            !movie.genres.is_empty() && movie.genres.iter().all(|slug| genres.iter().any(|genre| genre.slug == *slug))
        );
        assert!(!movie.synopsis.contains("  "), "{}", movie.title);
    }
    let unknown = MovieId::new(&Scripted::new(NOW, 9));
    assert_eq!(house.catalog.movie(unknown).await.unwrap(), None);
}

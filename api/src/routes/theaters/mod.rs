//! Where films are shown.

pub(crate) mod list;

use serde::Serialize;
use usher_core::ids::TheaterId;
use utoipa::ToSchema;

/// A house with screens.
#[derive(Serialize, ToSchema)]
pub(crate) struct Theater {
    #[schema(value_type = String, example = "the_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: TheaterId,
    name: String,
    city: String,
    /// IANA name of the zone in which people there read a clock.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
}

impl From<&usher_catalog::Theater> for Theater {
    fn from(theater: &usher_catalog::Theater) -> Self {
        Self {
            id: theater.id,
            name: theater.name.clone(),
            city: theater.city.clone(),
            time_zone: theater.time_zone.clone(),
        }
    }
}

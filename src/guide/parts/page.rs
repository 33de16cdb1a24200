//! The page where a key is added.

use super::Part;
use crate::bitbucket::RepositoryPlace;
use crate::bitbucket::guide::access_key_clicks;

/// The Access keys page and the clicks to make there, with what else there is to know of the link.
pub fn access_keys_page<'a>(
    place: &RepositoryPlace,
    link: String,
    is_demo: bool,
    about_link: Option<Part<'a>>,
) -> Vec<Part<'a>> {
    let words = match (is_demo, place.base_guessed) {
        (true, _) => "Add the key on its Access keys page, here simulated on this machine:",
        (false, true) => {
            "Add the key on its Access keys page. The address is a guess from the SSH URL:"
        }
        (false, false) => "Add the key on its Access keys page:",
    };
    let mut parts = vec![Part::text(words), Part::Link(link)];
    parts.extend(about_link);
    parts.extend([Part::Gap, Part::Clicks(access_key_clicks(place.edition))]);
    parts
}

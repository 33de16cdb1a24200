//! A failed check, and what can be done about it.

use crate::guide::parts::{Offer, Trouble};
use crate::text::width;
use crate::view::page::Page;

pub(super) fn draw(trouble: &Trouble<'_>, page: &mut Page<'_>) {
    let offers_first = page.is_lean() && trouble.is_first;
    page.cause_title(trouble.code, trouble.mark);
    if offers_first {
        super::draw(&trouble.offers, page);
    }
    page.cause_words(trouble.code, trouble.detail.as_deref());
    super::draw(&trouble.more, page);
    if !offers_first {
        super::draw(&trouble.offers, page);
    }
}

/// A key with what it does. The value it would use is among the words where these fit on one line, and else below them.
pub(super) fn offer(offer: &Offer, page: &mut Page<'_>) {
    let words = &offer.words;
    let below = offer
        .value
        .as_ref()
        .filter(|(value, _)| width(words) > page.room_for_key() && words.contains(value.as_str()));
    let Some((value, stands_for)) = below else {
        page.key(offer.key, words);
        return;
    };
    page.key(offer.key, &format!("{}:", words.replace(value, stands_for)));
    page.shortened_below_key(value, page.theme.text());
}

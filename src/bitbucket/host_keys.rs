//! Cloud's published host keys, and the withdrawn ones.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| doorkey_fuzz::guides::run(data));

#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| breachscope_fuzz::dicom(data));

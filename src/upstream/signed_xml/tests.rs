mod encryption_tests;
mod forge_tests;
mod message_tests;
mod metadata_tests;
mod mutation_tests;
mod response_tests;
mod signature_tests;
mod wrapping_tests;

//! Sealing of secrets, the key ring, password hashing and tokens.

//! SQL: one file per table or aggregate. Sees ciphertext only.

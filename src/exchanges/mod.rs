//! Exchanges: one client each, behind one trait, over one guarded transport.

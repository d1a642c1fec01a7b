//! Exchanges that run on loopback and speak the real wire protocols strictly.

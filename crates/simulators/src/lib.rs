//! Foreign services, simulated at the HTTP line: strict, true to the fact sheets, with faults to switch on.

//! One address, two forms: pages for browsers, documents for other nodes.

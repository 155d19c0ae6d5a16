# See the header of i18n.rs.

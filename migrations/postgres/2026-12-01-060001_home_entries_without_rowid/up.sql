-- PostgreSQL has no tables of this form.
SELECT 1;

DROP TABLE quote_terms;
DROP TABLE quotes;

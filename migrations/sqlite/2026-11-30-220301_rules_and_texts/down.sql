DROP TABLE node_texts;
DROP TABLE report_rules;
DROP TABLE rules;

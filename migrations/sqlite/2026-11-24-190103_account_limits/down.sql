DROP TABLE account_limits;

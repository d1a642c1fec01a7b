-- What was held when it was last looked and nothing had a price, so that no point was made of it:
-- JSON as in latest.
ALTER TABLE value_series ADD COLUMN unvalued TEXT;

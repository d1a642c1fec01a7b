-- When the candle of a gap was refused first, as its volume could not be beside its neighbours'; empty for
-- stretches that have no candle.
ALTER TABLE candle_gaps ADD COLUMN refused_at BIGINT;

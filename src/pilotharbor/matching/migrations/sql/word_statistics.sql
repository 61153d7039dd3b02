-- The most common words with their frequency come from the planner's own statistics, so that no
-- second table has to be kept up to date. 300 keeps the 3,000 commonest; rarer ones are counted.
ALTER TABLE matching_indexentry ALTER COLUMN words SET STATISTICS 300;
-- A search reads texts by the hundred: keep them beside the row, and push the words out of line.
ALTER TABLE matching_indexentry ALTER COLUMN words SET STORAGE EXTERNAL;

"""The catalogue of parts and labour that assessments are made of. All prices are invented."""

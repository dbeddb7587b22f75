"""Parts direct supply: shops are asked what the parts of an assessment cost, one is chosen, and delivers."""

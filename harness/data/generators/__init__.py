"""The generators that come with Harness: each module (or package) here is called like the generator it registers."""

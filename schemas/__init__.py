"""The contracts between Tallywire's rooms: plain, immutable pydantic models that know nobody."""

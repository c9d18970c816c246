"""A check's verdict, shown: as text for people, as JSON for programs, as SARIF for editors and CI."""

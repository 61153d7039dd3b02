"""How does PilotHarbor start, stop and look after itself on one machine?"""

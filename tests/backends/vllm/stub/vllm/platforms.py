import os


class Platform:
    device_type = os.environ.get("STUB_DEVICE", "cpu")

    def is_cpu(self) -> bool:
        return self.device_type == "cpu"


current_platform = Platform()

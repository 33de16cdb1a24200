class Doorkey < Formula
  desc "Let Coalesce Quality into one Bitbucket repository, read-only, and prove it"
  homepage "@repository@"
  version "@version@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@download@/doorkey_@version@_darwin_arm64.tar.gz"
      sha256 "@sha256_darwin_arm64@"
    end
    on_intel do
      url "@download@/doorkey_@version@_darwin_amd64.tar.gz"
      sha256 "@sha256_darwin_amd64@"
    end
  end

  on_linux do
    on_arm do
      url "@download@/doorkey_@version@_linux_arm64.tar.gz"
      sha256 "@sha256_linux_arm64@"
    end
    on_intel do
      url "@download@/doorkey_@version@_linux_amd64.tar.gz"
      sha256 "@sha256_linux_amd64@"
    end
  end

  def install
    bin.install "doorkey"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/doorkey.bash" => "doorkey"
    fish_completion.install "completions/doorkey.fish"
    zsh_completion.install "completions/_doorkey"
  end

  test do
    system bin/"doorkey", "demo", "--auto", "--plain", "--speed", "1000"
  end
end

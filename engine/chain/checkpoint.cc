// The text formats of checkpoint.h: signed notes, checkpoints and verifier keys.
#include "engine/chain/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "engine/base/check.h"
#include "engine/chain/hash.h"

namespace lumbung {
namespace {

constexpr char kEd25519 = 0x01;
constexpr std::size_t kKeyIdBytes = 4;
// An em dash and a space.
constexpr std::string_view kSignaturePrefix = "\xe2\x80\x94 ";
// Enough for any number of witnesses, and a bound for what a stranger sends.
constexpr std::size_t kMaxSignatures = 100;

std::string_view KeyBytes(const PublicKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

// SHA-256(name || 0A || type || public key)[:4].
std::string KeyId(std::string_view name, const PublicKey& key) {
  Hasher hasher;
  hasher.Begin();
  hasher.Update(name);
  hasher.Update("\n");
  hasher.Update({&kEd25519, 1});
  hasher.Update(KeyBytes(key));
  return std::string(AsView(hasher.End()).substr(0, kKeyIdBytes));
}

// Takes the text up to the next line feed off the front. False if there is none.
bool TakeLine(std::string_view& rest, std::string_view& line) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) {
    return false;
  }
  line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return true;
}

// Decimal without sign or leading zeros.
bool ParseDecimal(std::string_view text, std::uint64_t& value) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) {
    return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool IsNoteText(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; });
}

std::string Body(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         ToBase64(AsView(checkpoint.root)) + "\n";
}

Result<Checkpoint> ParseBody(std::string_view body) {
  Checkpoint checkpoint;
  std::string_view line;
  if (!TakeLine(body, line) || !IsKeyName(line)) {
    return Status::InvalidArgument("not a checkpoint: its first line is no origin");
  }
  checkpoint.origin = line;
  if (!TakeLine(body, line) || !ParseDecimal(line, checkpoint.size)) {
    return Status::InvalidArgument("not a checkpoint: its second line is no size");
  }
  std::string root;
  if (!TakeLine(body, line) || !FromBase64(line, root) || root.size() != sizeof(Hash)) {
    return Status::InvalidArgument("not a checkpoint: its third line is no root hash");
  }
  checkpoint.root = AsHash(root);
  while (!body.empty()) {
    if (!TakeLine(body, line) || line.empty()) {
      return Status::InvalidArgument("not a checkpoint: an empty line in its body");
    }
  }
  return checkpoint;
}

struct SignatureLine {
  std::string_view name;
  // Key id and signature.
  std::string bytes;
};

bool ParseSignatureLine(std::string_view line, SignatureLine& signature) {
  if (!line.starts_with(kSignaturePrefix)) {
    return false;
  }
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) {
    return false;
  }
  signature.name = line.substr(0, space);
  return IsKeyName(signature.name) && FromBase64(line.substr(space + 1), signature.bytes) &&
         signature.bytes.size() > kKeyIdBytes;
}

// Checks the signature lines of a note: at least one by `key` under `name`, and no bad one.
Status CheckSignatures(std::string_view lines, std::string_view body, std::string_view name,
                       const PublicKey& key) {
  const std::string known_id = KeyId(name, key);
  bool signed_by_key = false;
  std::size_t count = 0;
  while (!lines.empty()) {
    std::string_view line;
    SignatureLine signature;
    if (!TakeLine(lines, line) || !ParseSignatureLine(line, signature) ||
        ++count > kMaxSignatures) {
      return Status::InvalidArgument("not a signed note: a malformed signature line");
    }
    const std::string_view bytes = signature.bytes;
    if (signature.name != name || bytes.substr(0, kKeyIdBytes) != known_id) {
      continue;
    }
    if (!VerifySignature(key, body, bytes.substr(kKeyIdBytes))) {
      return Status::Corruption("checkpoint of " + std::string(name) +
                                ": the signature does not fit the text");
    }
    signed_by_key = true;
  }
  if (!signed_by_key) {
    return Status::Corruption("checkpoint of " + std::string(name) + ": not signed by the key " +
                              VerifierKey(name, key));
  }
  return Status::Ok();
}

}  // namespace

bool IsKeyName(std::string_view name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return c == '+' || static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
  });
}

std::string VerifierKey(std::string_view name, const PublicKey& key) {
  LUMBUNG_CHECK(IsKeyName(name));
  std::string typed(1, kEd25519);
  typed.append(KeyBytes(key));
  return std::string(name) + "+" + ToHex(KeyId(name, key)) + "+" + ToBase64(typed);
}

Status ParseVerifierKey(std::string_view text, std::string& name, PublicKey& key) {
  const auto invalid = [](const char* why) {
    return Status::InvalidArgument(std::string("not an Ed25519 verifier key: ") + why);
  };
  const std::size_t first = text.find('+');
  const std::size_t second = text.find('+', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) {
    return invalid("it has not the form name+id+key");
  }
  const std::string_view parsed_name = text.substr(0, first);
  const std::string_view id = text.substr(first + 1, second - first - 1);
  std::string typed;
  if (!IsKeyName(parsed_name)) {
    return invalid("the name is empty or has a space");
  }
  // Base64 may have a plus of its own: the key is all that follows the second one.
  if (!FromBase64(text.substr(second + 1), typed) || typed.size() != 1 + key.size() ||
      typed[0] != kEd25519) {
    return invalid("the key is not of type 1 with 32 bytes");
  }
  PublicKey parsed_key;
  std::memcpy(parsed_key.data(), typed.data() + 1, parsed_key.size());
  if (id != ToHex(KeyId(parsed_name, parsed_key))) {
    return invalid("the id does not belong to the key");
  }
  name = parsed_name;
  key = parsed_key;
  return Status::Ok();
}

std::string SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  LUMBUNG_CHECK(IsKeyName(checkpoint.origin));
  const std::string body = Body(checkpoint);
  const std::string signature = KeyId(checkpoint.origin, key.public_key()) + key.Sign(body);
  return body + "\n" + std::string(kSignaturePrefix) + checkpoint.origin + " " +
         ToBase64(signature) + "\n";
}

Result<Checkpoint> OpenCheckpoint(std::string_view text, const PublicKey& key) {
  // The last empty line separates the text, which keeps its line feed, from the signatures.
  const std::size_t blank = text.rfind("\n\n");
  if (blank == std::string_view::npos || !IsNoteText(text)) {
    return Status::InvalidArgument("not a signed note: no empty line, or control characters");
  }
  const std::string_view body = text.substr(0, blank + 1);
  Result<Checkpoint> checkpoint = ParseBody(body);
  if (checkpoint.ok()) {
    LUMBUNG_RETURN_IF_ERROR(CheckSignatures(text.substr(blank + 2), body, checkpoint->origin, key));
  }
  return checkpoint;
}

}  // namespace lumbung

#include "projections/audit/acknowledgement.h"

#include "projections/runtime/packing.h"

namespace lumbung::audit {

std::string EncodeAcknowledgements(const std::vector<Acknowledgement>& list) {
  std::string bytes;
  for (const Acknowledgement& one : list) {
    PackText(bytes, one.command_id);
    PackText(bytes, one.actor);
    PackEvidence(bytes, one.event);
    PackSigned(bytes, one.recorded_at);
    PackUnsigned(bytes, one.cooperative);
    PackUnsigned(bytes, static_cast<std::uint32_t>(one.as_of));
    PackUnsigned(bytes, std::uint64_t{one.values.size()});
    for (const auto& [name, value] : one.values) {
      PackText(bytes, name);
      PackSigned(bytes, value);
    }
    PackText(bytes, one.document_digest);
  }
  return bytes;
}

Result<std::vector<Acknowledgement>> ParseAcknowledgements(std::string_view bytes) {
  Unpacker unpack(bytes);
  std::vector<Acknowledgement> list;
  while (unpack.ok() && !unpack.done()) {
    Acknowledgement& one = list.emplace_back();
    one.command_id = unpack.Text();
    one.actor = unpack.Text();
    one.event = UnpackEvidence(unpack);
    one.recorded_at = unpack.Count();
    one.cooperative = unpack.Unsigned();
    one.as_of = unpack.Day();
    one.values.resize(unpack.Many());
    for (auto& [name, value] : one.values) {
      name = unpack.Text();
      value = unpack.Count();
    }
    one.document_digest = unpack.Text();
  }
  if (!unpack.ok()) {
    return Status::Corruption("acknowledgements of a finding can't be read");
  }
  return list;
}

}  // namespace lumbung::audit

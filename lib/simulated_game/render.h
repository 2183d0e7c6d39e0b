#pragma once
// Events as a client of the game would send them: elements of the native request's "events" array.

#include <string>

#include "lib/simulated_game/session.h"

namespace gm::simulated_game {

// What a client adds to each of its events.
struct ClientContext {
  const Player* player = nullptr;
  std::string session;  // empty: the client names none
  std::string build;
};

// The session id that a client makes at `start_ms`; empty when it names none.
std::string session_id(const Player& player, int64_t start_ms);

// Appends one JSON object, with the client's own wrong time where its clock is wrong.
void render_event(const GameEvent& event, const ClientContext& client, std::string& out);

// A whole request around already rendered events. `sent_ms` is the sender's clock.
std::string render_request(std::string_view events, int64_t sent_ms, bool historical);

}  // namespace gm::simulated_game
